"""`Idempotency-Key` on routes that write and have a new side: a request is done once.

station  reads the body whole, finds the owner of the key, and lets the request go on or answers it
keys     what is remembered of a key: running, unknown, done with its answer
kept     the answer, collected while the client gets it
"""
