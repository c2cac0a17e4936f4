"""Guards, walks and the journal: `GET /api/guards`, `/api/walks`, `/api/journal`."""

from typing import Any

from pydantic import BaseModel

from facade.guard.verdict import Finding
from facade.runtime.freeze import Frozen


class GuardView(BaseModel):
    """What a guard says of its route now."""

    route: str
    stage: str
    percent: float | None
    on_breach: str
    kind: str
    cause: str
    words: str
    since: float  # its window: one error budget
    begun_by: str
    findings: list[Finding]


class WalkView(BaseModel):
    """A walk, as `fig migrate` shows it. Times are unix seconds."""

    id: str
    routes: list[str]
    to: str
    plan: str  # its name in the route file; empty: the usual one, or as given
    stands: str
    state: str
    words: str
    seconds: float | None  # until its end at this pace
    steps: list[str]  # that are left
    approve: list[str]  # of these, those that wait for a word
    who: str
    why: str
    begun: float
    ended: float | None
    backs: int


class RetreatView(BaseModel):
    """A move back that is under way."""

    route: str
    goals: dict[str, str]
    why: str
    blocked: str


class OverrideView(BaseModel):
    """Positions that count in place of the file's until it is edited."""

    routes: dict[str, str]
    why: str
    at: float


class Guards(BaseModel):
    """`GET /api/guards`."""

    stopped: str  # why nothing moves by itself; empty: it may
    frozen: Frozen | None
    override: OverrideView | None
    journal: str  # its folder
    journal_away: str  # why it cannot be written
    guards: list[GuardView]
    walks: list[WalkView]
    retreats: list[RetreatView]


class JournalView(BaseModel):
    """`GET /api/journal`: entries, the oldest first."""

    folder: str
    entries: list[dict[str, Any]]


class Undone(BaseModel):
    """`POST /api/undo`: where each route stands now."""

    routes: dict[str, str]
