"""A client that holds its body back until it gets `100 Continue` (RFC 9110, 10.1.1).

The upstream decides first: it may send `100 Continue`, or answer at once and never see the body.
An upstream that does neither ignores the expectation: then the facade sends it after a moment.
"""

from collections.abc import Callable
from typing import Final

from facade.http1.responses import CONTINUE
from facade.proxy.deadlines import NEVER, Deadlines

PATIENCE_SECONDS: Final = 0.5  # clients wait for about a second before they send all the same


class Expectation:
    """The expectation of one request. End it with `over`, whatever happens."""

    __slots__ = ("_deadlines", "_write", "deadline", "met")

    def __init__(self, deadlines: Deadlines, write: Callable[[bytes], None]) -> None:
        """`write` sends to the client."""
        self._deadlines = deadlines
        self._write = write
        self.deadline = NEVER
        self.met = False  # the client got an interim answer, or sends its body without one

    def asked(self) -> None:
        """The upstream has the request's head now."""
        if not self.met:
            self.deadline = self._deadlines.now + PATIENCE_SECONDS
            self._deadlines.add(self)

    def expired(self, _now: float) -> None:
        """The upstream has sent nothing in time."""
        self.interim(CONTINUE)

    def interim(self, head: bytes) -> None:
        """Send an interim answer, unless the client has one already or sends its body."""
        if not self.met:
            self._write(head)
        self.go_on()

    def go_on(self) -> None:
        """No interim answer is needed any more."""
        self.met = True
        self.over()

    def over(self) -> None:
        """Stop waiting for the upstream."""
        self.deadline = NEVER
        self._deadlines.discard(self)
