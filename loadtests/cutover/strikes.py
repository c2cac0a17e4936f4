"""Which process is struck when, and the table of what came of it (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

COMMAND = "command"  # `fig cutover` itself
DATABASES = "postgres"  # of both sides: the stack has one server
VICTIMS = (COMMAND, "orders", "inventory", "feed", "nats", DATABASES, "legacy")
ACTS = ("killed", "frozen")
BEFORE, FENCE, AFTER = "before", "fence", "after"
MOMENTS = {BEFORE: "before the fence", FENCE: "at the fence", AFTER: "after the switch"}
OWNERS = ("new", "legacy")
TRAFFIC_SECONDS = 90.0  # after the strike; PostgreSQL flushes every file when it recovers


@dataclass(frozen=True)
class Strike:
    """The victim is killed or frozen at a moment of a move toward an owner."""

    toward: str
    victim: str
    act: str
    moment: str

    def __str__(self) -> str:
        return f"{self.toward}:{self.victim}:{self.act}:{self.moment}"


@dataclass(frozen=True)
class Outcome:
    """`owner` in the end. Seconds from the strike to the first write that succeeded, and to the end
    of the attempt; None: not within TRAFFIC_SECONDS."""

    strike: Strike
    owner: str
    writes: float | None
    settled: float | None

    @property
    def wrong(self) -> str:
        """What must not be; empty: nothing."""
        if self.writes is None:
            return f"{self.strike}: no write succeeded for {TRAFFIC_SECONDS:.0f} s"
        if self.settled is None:
            return f"{self.strike}: the attempt did not end for {TRAFFIC_SECONDS:.0f} s"
        if self.strike.moment == AFTER and self.owner != self.strike.toward:
            return f"{self.strike}: switched, and {self.owner} is the owner"
        return ""


def chosen(words: str) -> list[Strike]:
    """All of them, or those that are named: `toward:victim:act:moment`, comma between; a part that
    is left empty names all. Raises ValueError."""
    every = [Strike(*parts) for parts in product(OWNERS, VICTIMS, ACTS, MOMENTS)]
    if not words:
        return every
    found: list[Strike] = []
    for word in words.split(","):
        parts = word.split(":")
        fitting = [one for one in every if len(parts) == 4 and _fits(one, parts)]
        if not fitting:
            raise ValueError(f"'{word}' names no strike: expected toward:victim:act:moment")
        found += [one for one in fitting if one not in found]
    return found


def _fits(one: Strike, parts: Sequence[str]) -> bool:
    is_ = (one.toward, one.victim, one.act, one.moment)
    return all(not part or part == value for part, value in zip(parts, is_, strict=True))


def next_one(left: list[Strike], owner: str) -> Strike | None:
    """Taken out of the list: one that moves away from this owner; None: there is none."""
    fitting = next((one for one in left if one.toward != owner), None)
    if fitting is not None:
        left.remove(fitting)
    return fitting


def table(outcomes: Iterable[Outcome]) -> str:
    """Markdown: a line for each victim, in a cell the owner in the end and the seconds until a
    write succeeded."""
    return "\n".join(_lines({one.strike: one for one in outcomes}))


def _lines(found: dict[Strike, Outcome]) -> Iterator[str]:
    for toward in OWNERS:
        if not any(one.toward == toward for one in found):
            continue
        heads = ["legacy to new" if toward == "new" else "new to legacy"]
        heads += [f"{act} {moment}" for act in ACTS for moment in MOMENTS.values()]
        yield f"\n| {' | '.join(heads)} |"
        yield "|---" * (1 + len(ACTS) * len(MOMENTS)) + "|"
        for victim in VICTIMS:
            cells = [
                _cell(found.get(Strike(toward, victim, act, moment)))
                for act in ACTS
                for moment in MOMENTS
            ]
            if any(cells):
                yield f"| {victim} | {' | '.join(cells)} |"


def _cell(one: Outcome | None) -> str:
    if one is None:
        return ""
    return f"{one.owner}, {'never' if one.writes is None else f'{one.writes:.1f} s'}"
