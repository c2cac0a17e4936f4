"""A system of record: who asks it, and how it says that it did nothing, or may have."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Customer:
    """The person in whose name a write is made: a buyer, or one of the staff. `session` is the
    person's session at the system of record, sealed, see chassis/web/sealed."""

    email: str
    name: str
    session: str


class RecordRefused(Exception):
    """It said no, and did nothing; status and body are for the client, in its usual words."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        said = body.get("error") or body.get("problem") or ""
        super().__init__(f"{status} {said}".strip())
        self.status = status
        self.body = body


class RecordAway(Exception):
    """It did nothing; not worth trying before `after` seconds. It was not reached, or, where it
    `answered`, it said that it does nothing now; with `ours` the reason lies on our side."""

    def __init__(
        self, reason: str, after: float = 0.0, *, answered: bool = False, ours: bool = False
    ) -> None:
        super().__init__(reason)
        self.after = after
        self.answered = answered
        self.ours = ours


class RecordSilent(Exception):
    """It was asked, and what it did is unknown. Where it `answered`, the answer says nothing."""

    def __init__(self, reason: str, *, answered: bool = False) -> None:
        super().__init__(reason)
        self.answered = answered
