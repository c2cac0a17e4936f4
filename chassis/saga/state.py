"""The state of one saga: everything that is stored between two steps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from chassis.saga.definition import Data


class Phase(StrEnum):
    """The saga as a whole."""

    FORWARD = "forward"
    BACKWARD = "backward"  # compensating, in reverse
    DONE = "done"
    UNDONE = "undone"
    PARKED = "parked"  # waits for a person

    @property
    def ended(self) -> bool:
        """Nothing will happen by itself any more."""
        return self in (Phase.DONE, Phase.UNDONE, Phase.PARKED)


class Mode(StrEnum):
    """The mode of the current step."""

    READY = "ready"
    BEGUN = "begun"  # an instance may be running it; found so after a crash, its outcome is unknown
    UNKNOWN = "unknown"  # it was begun, and how it ended is unknown


@dataclass(frozen=True)
class State:
    """One saga. Times are unix seconds of the store's clock."""

    saga_id: str
    kind: str
    request: Data
    table_version: str = ""  # of the routing table under which it began
    trace: str = ""  # the traceparent of the request, or the message, that began it
    phase: Phase = Phase.FORWARD
    mode: Mode = Mode.READY
    position: int = 0
    reach: int = -1  # steps up to this one may have been begun by an instance that died since
    results: Mapping[str, Data] = field(default_factory=dict)
    attempts: int = 0  # at this step, in this direction
    since: float = 0.0  # the first of these attempts
    tried: float = 0.0  # the last one
    doubt: bool = False  # an attempt ended unknown, and nothing has settled it since
    due: float = 0.0  # not before
    reason: str = ""  # why it goes back or is parked
    answer: Data | None = None  # of the refusal, for the client
    parked_from: Phase | None = None
    answers: int = 0  # bad ones, at this step, in this direction
    waits_for: str = ""  # the callee that was away at the last attempt
    recalled: bool = False  # the client no longer wants it
    given_up: bool = False  # a person has given it up, and its pivot may have had its effect
    approved: bool = False  # parked at this step, it was resumed by a person
    told: tuple[str, ...] = ()  # the kinds of outcome of attempts at this step that the log has
    again: int = 0  # attempts since the log's last line whose outcome it has already

    def changed(self, **fields: Any) -> "State":
        """With these fields. A saga changes some thirty times, and `dataclasses.replace`, which
        looks at every field by name, took more than half of what the runner did for it."""
        state = object.__new__(State)
        state.__dict__.update(self.__dict__, **fields)
        return state

    @property
    def unwanted(self) -> bool:
        """It goes back as soon as that is possible."""
        return self.recalled or self.given_up

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> "State":
        """Read the JSON object that is stored; fields of a newer version are left out."""
        known = {name: stored[name] for name in cls.__dataclass_fields__ if name in stored}
        known["phase"], known["mode"] = Phase(known["phase"]), Mode(known["mode"])
        if known.get("parked_from"):
            known["parked_from"] = Phase(known["parked_from"])
        known["told"] = tuple(known.get("told", ()))
        return cls(**known)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a saga's log."""

    at: float
    step: str
    what: str
    attempt: int = 0
    detail: str = ""
