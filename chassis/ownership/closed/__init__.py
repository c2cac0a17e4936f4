"""A domain whose window is closed: its owner publishes what changes, and legacy's log is no source.

publisher  at the owner: the present state of what changed, as events
followed   at a service that keeps a copy: which domains are closed, and what that ends
"""
