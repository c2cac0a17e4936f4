"""Where sagas are kept.

store       the protocol of a store: states, stories and leases; in memory here
postgres    the same in PostgreSQL
storetime   the store's time, which all instances share, as one process knows it
cleaning    how long ended sagas are kept
"""
