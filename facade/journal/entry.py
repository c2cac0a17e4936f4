"""One entry of the journal: a line of JSON that carries the hash of the line before it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any

START = "0" * 64  # what the first entry follows


class Event(StrEnum):
    """What an entry is about."""

    MOVE = "move"  # a route changed its stage or percentage
    FOUND = "found"  # the same, while no facade ran: seen at the start
    RESET = "reset"  # evidence was reset, and the error budget with it
    WALK = "walk"  # a walk began, was paused, resumed, approved, ended
    GUARD = "guard"  # a guard could not move what it wanted to move, or holds
    FREEZE = "freeze"
    FAREWELL = "farewell"  # legacy left the route file, or its database was archived and dropped
    TRIM = "trim"  # old entries or evidence were let go at a limit


@dataclass(frozen=True, slots=True)
class Entry:
    """`at` in unix seconds; `before` and `after` are positions, or empty."""

    event: Event
    at: float
    who: str
    by: str  # person, file, guard, walk, facade
    why: str
    source: str  # from where: "fig flip on HOST"
    route: str = ""
    before: str = ""
    after: str = ""
    table: str = ""  # version of the route table afterwards
    evidence: Mapping[str, Any] = field(default_factory=dict)
    sealed: str = ""  # name and SHA-256 of the evidence kept beside
    approver: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """An entry in its place."""

    number: int
    entry: Entry
    previous: str
    hash: str


def line_of(entry: Entry, number: int, previous: str) -> tuple[str, str]:
    """The entry's line, without its end, and its hash."""
    content = {"n": number, **asdict(entry), "prev": previous}
    digest = sha256(_plain(content).encode()).hexdigest()
    return _plain({**content, "hash": digest}), digest


def parse(line: str) -> tuple[Kept, bool]:
    """The entry of a line, and whether its hash is that of its content.

    Raises ValueError where it is no entry.
    """
    try:
        content = json.loads(line)
        digest, previous = str(content.pop("hash")), str(content["prev"])
        number = int(content["n"])
        own = sha256(_plain(content).encode()).hexdigest() == digest
        values = {name: value for name, value in content.items() if name not in ("n", "prev")}
        entry = Entry(**{**values, "event": Event(values["event"])})
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"not an entry of the journal: {error!r}") from None
    return Kept(number, entry, previous, digest), own


def _plain(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=False)
