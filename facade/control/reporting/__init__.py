"""What happens, said on the terminal once for all workers, and kept for the dashboard.

    trouble     one thing that is wrong, in words
    troubles    what is wrong now: addresses that are down, breakers that hold calls back
    fallbacks   routes whose new side is replaced by legacy just now
    news        says where a trouble begins and ends; changes that come too fast are merged
    failures    requests that failed, one by one, to be found by their id
    reporter      looks at the workers' counters twice a second

A worker counts, this process speaks: several workers say nothing several times.
"""
