"""Circuit breakers: the state machine (pure), a `guard` around calls, and how breakers stand in the
metrics.
"""
