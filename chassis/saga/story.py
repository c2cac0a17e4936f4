"""The log of a saga: each attempt, and how often the outcome was one that the log has already.

An attempt with the same outcome as an earlier one at the same step is counted, not written: a saga
that waits for a day costs as many lines as one that waits for a second. All attempts that found the
same callee away have the same outcome, whatever the error was.
"""

from chassis.saga.definition import Saga
from chassis.saga.logic import Absent, Move, Outcome, Unknown
from chassis.saga.state import Entry, State

REMEMBERED = 8  # kinds of outcome of attempts at one step


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
        """Write an attempt, begun `at` and over `now`; returns the state with the kinds written."""
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
    """A text that is equal for attempts with the same outcome; None: each one is written."""
    if isinstance(outcome, Absent | Unknown):
        why = f"{outcome.callee} is away" if outcome.callee else outcome.reason
        return f"{move.value} {type(outcome).__name__}: {why}"
    return None
