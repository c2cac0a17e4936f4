"""Says where troubles begin and end. What changes too fast is merged; the last state is said.

Pure but for the log: the caller gives what is wrong now, and the time.
"""

import logging
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from facade.control.judging.budget import Budget
from facade.control.reporting.trouble import Kind, Trouble

log = logging.getLogger("news")

AT_ONCE = 4.0  # words on one subject
WORDS_PER_SECOND = 1 / 30  # and then
KEPT = 100  # events, for the dashboard
FORGOTTEN_SECONDS = 600.0  # a subject on which there was nothing to say


@dataclass(frozen=True, slots=True)
class Event:
    """What was said. `at` in unix seconds."""

    at: float
    name: str
    words: str
    good: bool


@dataclass(slots=True)
class _Subject:
    trouble: Trouble  # the last one
    wrong: bool = False  # as seen
    said: bool = False  # that it is wrong
    since: float = 0.0
    said_since: float = 0.0
    changes: int = 0  # since the last word
    changed: float = 0.0
    budget: Budget = field(default_factory=lambda: Budget(WORDS_PER_SECOND, AT_ONCE))


class News:
    """What is wrong, and the last things that were said."""

    def __init__(self) -> None:
        self._subjects: dict[tuple[Kind, str], _Subject] = {}
        self.events: deque[Event] = deque(maxlen=KEPT)

    def standing(self) -> list[tuple[float, Trouble]]:
        """The troubles of now with their beginning, the latest first."""
        wrong = [(one.since, one.trouble) for one in self._subjects.values() if one.wrong]
        return sorted(wrong, key=lambda one: -one[0])

    def look(self, troubles: Iterable[Trouble], now: float) -> None:
        """Take in all that is wrong now, and say what is new; `now` in unix seconds."""
        found = {trouble.key: trouble for trouble in troubles}
        for key, trouble in found.items():
            self._subjects.setdefault(key, _Subject(trouble)).trouble = trouble
        for key, subject in [*self._subjects.items()]:
            if subject.wrong != (key in found):
                subject.wrong = key in found
                subject.changes += 1
                subject.changed = now
                subject.since = now if subject.wrong else subject.since
            if subject.wrong != subject.said and subject.budget.take(now):
                self._say(subject, now)
            elif not subject.wrong and now - subject.changed > FORGOTTEN_SECONDS:
                del self._subjects[key]

    def _say(self, subject: _Subject, now: float) -> None:
        trouble, wrong = subject.trouble, subject.wrong
        if wrong:
            subject.said_since = subject.since
        words = trouble.began() if wrong else trouble.ended(now - subject.said_since)
        if subject.changes > 1:
            words += f" (it came and went {subject.changes} times since the last word)"
        subject.said, subject.changes = wrong, 0
        event = Event(now, f"{trouble.kind}-{'began' if wrong else 'ended'}", words, not wrong)
        self.events.append(event)
        fields = {"event": event.name, "subject": trouble.subject}
        level = logging.WARNING if wrong else logging.INFO
        log.log(level, "%s", words, extra={"event": fields})
