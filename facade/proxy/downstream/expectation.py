"""A client that holds its body back until it is told to go on (RFC 9110, 10.1.1).

The upstream has the first word: it may say `100 Continue`, or answer at once and never see the
body. One that says neither has ignored the expectation, and after a moment we tell the client.
"""

from collections.abc import Callable
from typing import Final

from facade.http1.responses import CONTINUE
from facade.proxy.deadlines import NEVER, Deadlines

PATIENCE_SECONDS: Final = 0.5  # clients wait for about a second before they send all the same


class Expectation:
    """What one request expects. Give it up with `over`, whatever happens."""

    __slots__ = ("_deadlines", "_write", "deadline", "met")

    def __init__(self, deadlines: Deadlines, write: Callable[[bytes], None]) -> None:
        """`write` sends to the client."""
        self._deadlines = deadlines
        self._write = write
        self.deadline = NEVER
        self.met = False  # the client was told to go on, or does so by itself

    def asked(self) -> None:
        """The upstream has the request's head now."""
        if not self.met:
            self.deadline = self._deadlines.now + PATIENCE_SECONDS
            self._deadlines.add(self)

    def expired(self, _now: float) -> None:
        """The upstream has said nothing."""
        self.interim(CONTINUE)

    def interim(self, head: bytes) -> None:
        """Let the client send, unless it does or was told to."""
        if not self.met:
            self._write(head)
        self.go_on()

    def go_on(self) -> None:
        """The client knows, or does not ask, whether to send."""
        self.met = True
        self.over()

    def over(self) -> None:
        """Nothing is to be said now."""
        self.deadline = NEVER
        self._deadlines.discard(self)
