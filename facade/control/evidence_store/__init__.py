"""Evidence that survives a restart: the `ledger` in memory, the `writer` that saves it, in `sqlite`
or in `postgres`.
"""
