"""Sagas: a business transaction across services, as a row of steps beside their compensations.

definition  what a service writes: the steps, and what a step may say about its outcome
state       the state of one saga; frozen, and all that is stored
logic       pure: the next move, and the state after an outcome
storage/    keeps states, stories and leases: in memory, in PostgreSQL; their time, their cleaning
callees     which callees are away: all sagas that wait for the same one share a pause
attempt     one call of a step, and its outcome
of_record   the answers of a system of record as outcomes of a step
story       the log of a saga
runner      runs sagas under one lease each, and takes over those of a dead instance
starting    starts sagas for requests, which wait for a moment
operator    what a person can see and order over HTTP
assembled   all parts for one instance of a service
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
