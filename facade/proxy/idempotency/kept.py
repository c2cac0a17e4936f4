"""The answer to a request with a key, collected while it passes; and what an answer means for it.

final         kept: the same request gets it again
nothing done  the key is as new: the client may log in, or wait, and repeat its request
otherwise     the side is in trouble, or at work on it still: it may have been done
"""

from typing import Final

from facade.http1.responses import ResponseHead
from facade.proxy import errors
from facade.proxy.errors import Failure
from facade.proxy.idempotency.keys import MOST_ANSWER, Stored

# Refused before anything was done, for a reason that passes.
_NOTHING_DONE: Final = frozenset({401, 403, 408, 425, 429})
_CONFLICT: Final = 409  # perhaps with the same request, which the side is still at work on


def nothing_done(failure: Failure) -> bool:
    """Whether a side that failed in this way certainly did nothing.

    A status counts as such where the route file lets legacy answer in its place.
    """
    return failure in errors.NOT_SENT or failure.answered > 0


class KeptAnswer:
    """One answer, piece by piece."""

    def __init__(self) -> None:
        self._head: ResponseHead | None = None
        self._lines = b""
        self._pieces: list[bytes] = []
        self._size = 0

    def begin(self, head: ResponseHead) -> None:
        """Its head, as the side sent it."""
        self._head = head
        self._lines = b"".join(head.lines)
        self._size = len(self._lines)

    def add(self, data: bytes) -> None:
        """A piece of its body."""
        self._size += len(data)
        if self._size <= MOST_ANSWER:
            self._pieces.append(data)
        else:
            self._pieces.clear()

    @property
    def nothing_done(self) -> bool:
        """Whether the side says that it did nothing, for now."""
        head = self._head
        return head is not None and (
            head.status in _NOTHING_DONE or (head.declined is not None and head.status == 503)
        )

    @property
    def final(self) -> bool:
        """Whether it is the answer to the request once and for all."""
        status = 500 if self._head is None else self._head.status
        return status < 500 and status != _CONFLICT

    @property
    def stored(self) -> Stored | None:
        """What is kept of it; None: it is too large."""
        head = self._head
        if head is None or self._size > MOST_ANSWER:
            return None
        reason = head.reason.decode("latin-1")
        return Stored(head.status, reason, self._lines, b"".join(self._pieces))
