"""Sagas: a business transaction across services, as a row of steps beside their compensations.

definition  what a service writes: the steps, and what a step may say about its outcome
state       where one saga stands; frozen, and all that is stored
logic       pure: what to do next, and what an outcome makes of the state
storage/    keeps states, stories and leases: in memory, in PostgreSQL; their time, their cleaning
callees     which callees are away: all sagas that wait for one share a pause
attempt     one call of a step, and what it says as an outcome
of_record   what a system of record says, in the words of a step
story       what is written down of it
runner      carries sagas through, one lease each, and takes over what a dead instance left
starting    starts them for requests, which wait for a moment
operator    what a person sees of them over HTTP, and may order
assembled   the above for one instance of a service
"""

from chassis.saga.definition import BadAnswer, Context, NotYet, Refused, Retry, Saga, Silent, Step
from chassis.saga.runner import Runner
from chassis.saga.state import Phase, State
from chassis.saga.storage.store import MemoryStore, Store

__all__ = [
    "BadAnswer",
    "Context",
    "MemoryStore",
    "NotYet",
    "Phase",
    "Refused",
    "Retry",
    "Runner",
    "Saga",
    "Silent",
    "State",
    "Step",
    "Store",
]
