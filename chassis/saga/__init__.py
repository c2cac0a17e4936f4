"""Sagas: a business transaction across services, as a row of steps beside their compensations.

definition  what a service writes: the steps, and what a step may say about its outcome
state       where one saga stands; frozen, and all that is stored
logic       pure: what to do next, and what an outcome makes of the state
store       keeps states, stories and leases; in memory here
postgres    the same in PostgreSQL
runner      carries sagas through, one lease each, and takes over what a dead instance left
operator    what a person sees of them over HTTP, and may order
faults      what can go wrong at every instant, on command
rehearsal   a saga in a world with those faults, for tests
"""

from chassis.saga.definition import Context, NotYet, Refused, Retry, Saga, Step
from chassis.saga.runner import Runner
from chassis.saga.state import Phase, State
from chassis.saga.store import MemoryStore, Store

__all__ = [
    "Context",
    "MemoryStore",
    "NotYet",
    "Phase",
    "Refused",
    "Retry",
    "Runner",
    "Saga",
    "State",
    "Step",
    "Store",
]
