"""What workers send: the `listener` reads frames, `frames` turns them into pairs, `fleet` adds up
the workers' counters (`sums`, `shapes`), `recent` derives the rates of the last seconds.
"""
