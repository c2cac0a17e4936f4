"""Circuit breakers: the state machine (pure), a `guard` around calls, the breakers' states as
metrics, and `toward_legacy`: a service's breakers toward the monolith, by the kind of call.
"""

from chassis.compiled import refuse_stale

refuse_stale()  # before `circuit` is imported, which may be compiled
