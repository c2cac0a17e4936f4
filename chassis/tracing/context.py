"""The span that is under way in this task, and the header that hands it on: `traceparent`.

Every request has a trace, whose id is in the logs; spans are recorded for those whose sender set
the flag `sampled` (the facade decides, by its route file).
"""

import re
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from random import getrandbits
from typing import Final

from chassis.tracing.span import Kind, Span, Value

TRACEPARENT: Final = "traceparent"
MOST_KEPT: Final = 5_000  # spans that wait to be published
SAMPLED: Final = 1
_FORM: Final = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")


class Recorded:
    """What this process has recorded and not published yet; as logging, one for each process."""

    def __init__(self) -> None:
        self._spans: deque[Span] = deque()
        self.dropped = 0

    def add(self, span: Span) -> None:
        """Keep it, where there is room. Any thread may call."""
        if len(self._spans) < MOST_KEPT:
            self._spans.append(span)
        else:
            self.dropped += 1

    def take(self, most: int) -> list[Span]:
        """Up to so many, oldest first; they are ours no more."""
        count = min(most, len(self._spans))
        return [self._spans.popleft() for _ in range(count)]


recorded: Final = Recorded()


class Open:
    """A span under way, or only the name of one elsewhere (`span` is None)."""

    __slots__ = ("sampled", "span", "span_id", "trace_id")

    def __init__(self, trace_id: str, span_id: str, sampled: bool) -> None:
        self.trace_id = trace_id
        self.span_id = span_id
        self.sampled = sampled
        self.span: Span | None = None

    @property
    def traceparent(self) -> str:
        """As the header says it."""
        return f"00-{self.trace_id}-{self.span_id}-{self.sampled:02x}"


_current: ContextVar[Open | None] = ContextVar("span", default=None)


def read(text: str) -> Open | None:
    """The span that a traceparent names; None where it is not valid."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    return Open(found[1], found[2], bool(int(found[3], 16) & SAMPLED))


def current() -> Open | None:
    """The span under way in this task."""
    return _current.get()


def traceparent() -> str:
    """Of the span under way; empty: there is none."""
    found = _current.get()
    return "" if found is None else found.traceparent


def note(**attributes: Value) -> None:
    """Say more of the span under way; the names with `_` in place of dots."""
    found = _current.get()
    if found is not None and found.span is not None:
        for name, value in attributes.items():
            found.span["attributes"][name.replace("_", ".", 1)] = value


def failed(why: str) -> None:
    """The span under way did not go well; `why` is of few kinds: an exception's name, a status."""
    found = _current.get()
    if found is not None and found.span is not None:
        found.span["error"] = why


@contextmanager
def within(
    name: str, kind: Kind, attributes: dict[str, Value], parent: Open | None
) -> Iterator[Open | None]:
    """A span under `parent` for the work inside; no span where there is no parent.

    An exception that leaves it is its error. Spans of traces that are not sampled are not recorded.
    """
    if parent is None:
        yield None
        return
    began = time.perf_counter()
    opened = Open(parent.trace_id, parent.span_id, parent.sampled)
    if parent.sampled:
        opened.span_id = f"{getrandbits(64) or 1:016x}"
        opened.span = Span(
            trace=parent.trace_id,
            span=opened.span_id,
            parent=parent.span_id,
            name=name,
            kind=kind,
            start=time.time(),
            end=0.0,
            error="",
            attributes=attributes,
        )
    token = _current.set(opened)
    try:
        yield opened
    except BaseException as error:
        failed(type(error).__name__)
        raise
    finally:
        _current.reset(token)
        if opened.span is not None:
            opened.span["end"] = opened.span["start"] + time.perf_counter() - began
            recorded.add(opened.span)
