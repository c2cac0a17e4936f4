"""What counts as trouble with an upstream: kinds of failures, and statuses it answers.

`breaker.count` and `fallback.on` of the route file name them with these words:

    connect   the connection was refused, or not established in time
    reset     the connection broke, or the bytes received were not HTTP
    timeout   the answer did not begin, go on or end in time
    5xx, 503  an answer with a status of this class, or with exactly this one
"""

from collections.abc import Iterable
from typing import Final

CONNECT: Final = "connect"
RESET: Final = "reset"
TIMEOUT: Final = "timeout"
KINDS: Final = (CONNECT, RESET, TIMEOUT)
CLASSES: Final = {"4xx": range(400, 500), "5xx": range(500, 600)}
LOWEST, HIGHEST = 400, 599  # statuses that can be trouble

# An answer is no failure of the connection, whatever it says.
COUNTED: Final = KINDS
FALLBACK: Final = (*KINDS, "502", "503", "504")


def is_word(word: str) -> bool:
    """Whether the word names a kind of trouble."""
    exact = word.isascii() and word.isdigit() and LOWEST <= int(word) <= HIGHEST
    return word in KINDS or word in CLASSES or exact


class Trouble:
    """A set of kinds and statuses, as a worker asks it."""

    __slots__ = ("kinds", "statuses")

    def __init__(self, words: Iterable[str]) -> None:
        """The words must be ones that `is_word` accepts."""
        given = tuple(words)
        self.kinds: Final = frozenset(word for word in given if word in KINDS)
        of_classes = {status for word in given for status in CLASSES.get(word, ())}
        self.statuses: Final = frozenset(
            of_classes | {int(word) for word in given if word.isdigit()}
        )
