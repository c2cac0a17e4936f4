"""Who moved what, when and why: append-only, hash-chained, kept over restarts.

entry    one line: what happened, and the hash that binds it to the one before
chain    what was altered, dropped or reordered
folder   the files: segments of the journal, sealed evidence, their limits
text     entries as people read them
"""
