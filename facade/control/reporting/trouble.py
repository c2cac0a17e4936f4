"""One thing that is wrong now, and the words for its beginning and its end."""

from dataclasses import dataclass
from enum import StrEnum

from facade.compare.evidence.written import span


class Kind(StrEnum):
    """What can be wrong; the name of its beginning in a JSON log is `<kind>-began`."""

    UPSTREAM = "upstream-down"
    BREAKER = "breaker-open"
    FALLBACK = "fallbacks"


_ENDS = {
    Kind.UPSTREAM: "is back after",
    Kind.BREAKER: "is closed again after",
    Kind.FALLBACK: "fallbacks ended after",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """`subject` and `why` are for people; `amount` is what it has come to so far, or empty.

    It counts as over once there was none of it for `quiet` seconds.
    """

    kind: Kind
    subject: str
    why: str
    amount: str = ""
    quiet: float = 0.0

    @property
    def key(self) -> tuple[Kind, str]:
        """By which it is known again."""
        return self.kind, self.subject

    def began(self) -> str:
        """`upstream legacy, http://…, is down: …`"""
        return f"{self.subject} {self.why}"

    def ended(self, seconds: float) -> str:
        """The same for its end, seen so many seconds after its beginning."""
        amount = f": {self.amount}" if self.amount else ""
        return f"{self.subject} {_ENDS[self.kind]} {span(max(1.0, seconds - self.quiet))}{amount}"
