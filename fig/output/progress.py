"""What a person sees while the stack comes up: a line for each process that is ready."""

import sys
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, TextIO

from fig.supervise.standing import State

CLEAR = "\r\x1b[K"
SETTLED = (State.READY.value, State.DONE.value)
UNDER_WAY = (State.STARTING.value, State.BACKOFF.value)


class Seen(Protocol):
    """What Progress reads of a process; Status and ProcessState have it."""

    @property
    def name(self) -> str: ...

    @property
    def restarts(self) -> int: ...

    @property
    def took(self) -> float: ...

    @property
    def why(self) -> str: ...

    @property
    def word(self) -> str:
        """The state as a word."""


class Progress:
    """Prints a line when a process becomes ready or dies; a last line names those not yet ready."""

    def __init__(
        self, out: TextIO = sys.stderr, live: bool | None = None, stamped: bool = False
    ) -> None:
        self._out = out
        self._live = out.isatty() if live is None else live
        self._stamped = stamped  # each line with the time of day, for a log
        self._words: dict[str, str] = {}
        self._began = time.monotonic()

    def see(self, processes: Iterable["Seen"]) -> None:
        """Report what has changed since the last call."""
        listed = list(processes)
        for process in listed:
            if self._words.get(process.name) != process.word:
                self._words[process.name] = process.word
                self._report(process)
        if self._live:
            self._out.write(CLEAR + self._awaited(listed))
            self._out.flush()

    def say(self, words: str) -> None:
        self._line(words)

    def done(self, words: str) -> None:
        """The last line, with the time since the first."""
        self._line(f"{words} ({time.monotonic() - self._began:.1f} s)")

    def _report(self, process: "Seen") -> None:
        if process.word in SETTLED:
            what = "ready" if process.word == State.READY.value else "done"
            took = f"{process.took:4.1f} s" if not process.restarts else "again"
            self._line(f"  {process.name:<16} {what}  {took}")
        elif process.word == State.BACKOFF.value:
            self._line(f"  {process.name:<16} {process.why}; starting it again")

    def _line(self, text: str) -> None:
        stamp = datetime.now().astimezone().strftime("%F %T ") if self._stamped else ""
        self._out.write((CLEAR if self._live else "") + stamp + text + "\n")
        self._out.flush()

    def _awaited(self, listed: Iterable["Seen"]) -> str:
        names = [process.name for process in listed if process.word in UNDER_WAY]
        waited = f"{time.monotonic() - self._began:.0f} s"
        return f"  … {', '.join(names)} ({waited})" if names else ""
