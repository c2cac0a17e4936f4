"""Events between services: `bus` connects, `outbox` sends what a transaction wrote (`outbox_watch`
counts what waits), `inbox` takes each event once.
"""
