"""What the route file says of limits, and of the keys by which clients are distinguished.

Units as in `routefile`: durations in seconds, numbers of requests as they are.
"""

from dataclasses import dataclass
from typing import Final, Literal

KeyKind = Literal["cookie", "header", "path", "session", "client", "person", "api_key", "machine"]
LimitMode = Literal["shadow", "enforce"]

SHADOW: Final = "shadow"
ENFORCE: Final = "enforce"


@dataclass(frozen=True, slots=True)
class KeySource:
    """Where a request's key is read from: `cookie:NAME`, …, `session`, `client`, `person`, …"""

    kind: KeyKind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else self.kind


@dataclass(frozen=True, slots=True)
class Attempts:
    """How often a login may be tried without success, at either side together."""

    account: str  # `form:FIELD` or `json:FIELD`: which account a request is about
    per_account: int = 10
    per_client: int = 100  # per address
    within: float = 900.0  # seconds, from the first of them


@dataclass(frozen=True, slots=True)
class Rate:
    """`number` requests in `seconds`, evenly spread."""

    number: int = 1
    seconds: int = 1


@dataclass(frozen=True, slots=True)
class LimitConfig:
    """One entry under `limits`: how many requests of one key are let through."""

    rate: Rate
    name: str = ""
    burst: int | None = None  # requests at once; None: as many as the rate's number
    key: tuple[KeySource, ...] = (KeySource("session"), KeySource("client"))
    mode: LimitMode = SHADOW
