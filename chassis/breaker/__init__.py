"""Circuit breakers: the state machine (pure), a `guard` around calls, how breakers stand in the
metrics, and `toward_legacy`: a service's breakers toward the monolith, by the kind of call.
"""
