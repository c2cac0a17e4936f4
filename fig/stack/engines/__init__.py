"""The engines from wheels: `postgres` with its `databases`, and `nats`.

What a process may do there: `bus_rights` on the bus, `reverse_role` in legacy's database.
"""
