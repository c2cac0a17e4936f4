"""Steps one after the other; each may be repeated, and is noted when it is done."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from fig.farewell.record import Facts, Record

SECONDS, WORDS = "seconds", "words"  # what is noted of each step, besides what it found


@dataclass(frozen=True, slots=True)
class Step:
    """`act` returns what it found, with `words` for people; `will` says what it is going to do.

    It must do no harm where it was done before, whole or in part. Raises FigError.
    """

    name: str
    will: str
    act: Callable[[], Facts]


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that is done; `already`: by an earlier call."""

    name: str
    facts: Facts
    already: bool


def take(steps: Sequence[Step], record: Record) -> Iterator[Taken]:
    """Take those that are left, in order, each noted before the next begins."""
    for step in steps:
        known = record.done(step.name)
        if known is not None:
            yield Taken(step.name, known, True)
            continue
        began = time.monotonic()
        found = {**step.act(), SECONDS: round(time.monotonic() - began, 3)}
        record.note(step.name, found)
        yield Taken(step.name, found, False)
