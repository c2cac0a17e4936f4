"""What is written down of a saga: each attempt, and how often one came out like one before.

An attempt that came out like an earlier one at the same step is counted, not told: a saga that
waits for a day costs as many lines as one that waits for a second. Attempts that found a callee
away are alike, whatever the callee's name for it was.
"""

from chassis.saga.definition import Saga
from chassis.saga.logic import Absent, Move, Outcome, Unknown
from chassis.saga.state import Entry, State

REMEMBERED = 8  # ways in which attempts at one step came out


class Story:
    """The lines since the saga was stored the last time."""

    def __init__(self, saga: Saga) -> None:
        self._saga = saga
        self._lines: list[Entry] = []

    def add(self, entry: Entry) -> None:
        """One more line."""
        self._lines.append(entry)

    def lines(self) -> list[Entry]:
        """What `taken` would give."""
        return list(self._lines)

    def put_back(self, lines: list[Entry]) -> None:
        """They were taken, and may not be stored."""
        self._lines = [*lines, *self._lines]

    def taken(self) -> list[Entry]:
        """The lines, to be stored; it is empty afterwards."""
        lines, self._lines = self._lines, []
        return lines

    def attempted(
        self, before: State, move: Move, after: State, outcome: Outcome, at: float, now: float
    ) -> State:
        """Write an attempt down, begun `at` and over `now`; the state with what is told so far."""
        alike = _alike(move, outcome)
        if alike in before.told and not after.phase.ended and after.phase is before.phase:
            return after.changed(again=before.again + 1)
        step = self._saga.steps[before.position].name
        if before.again:
            detail = "attempts came out like those before"
            self.add(Entry(at, step, "again", before.again, detail))
        detail = getattr(outcome, "reason", "") or after.reason
        self.add(Entry(at, step, move.value, before.attempts))
        self.add(Entry(now, step, type(outcome).__name__.lower(), before.attempts, detail))
        if alike is None or not after.attempts:
            return after
        return after.changed(told=(*before.told, alike)[-REMEMBERED:], again=0)


def _alike(move: Move, outcome: Outcome) -> str | None:
    """The same for attempts that differ in nothing but the time; None: each is told."""
    if isinstance(outcome, Absent | Unknown):
        why = f"{outcome.callee} is away" if outcome.callee else outcome.reason
        return f"{move.value} {type(outcome).__name__}: {why}"
    return None
