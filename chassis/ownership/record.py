"""What is known of a domain's owner: the record here, and the row in legacy's database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Owner(StrEnum):
    """The side that commits the writes of a domain."""

    LEGACY = "legacy"
    NEW = "new"

    @property
    def other(self) -> "Owner":
        """The side that does not own it."""
        return Owner.NEW if self is Owner.LEGACY else Owner.LEGACY


class Phase(StrEnum):
    """How far an attempt to change the owner has come."""

    SETTLED = "settled"  # none is under way
    MOVING = "moving"  # new writes wait
    FENCED = "fenced"  # the owner can commit nothing any more
    OPENING = "opening"  # legacy is the owner again; its fence may still be closed


@dataclass(frozen=True, slots=True)
class Record:
    """Of one domain. `attempt` is a fencing token: it rises with every attempt and takeover."""

    domain: str
    owner: Owner = Owner.LEGACY
    epoch: int = 1
    phase: Phase = Phase.SETTLED
    toward: Owner | None = None
    attempt: int = 0
    operator: str = ""  # the name that the command gave to its attempt
    held: bool = False  # the lease of the attempt is not over, by the database's clock
    window_open: bool = False
    since_lsn: int = 0  # legacy's log: changes at or before it belong to the owner before
    reached_lsn: int = 0  # legacy's log: the read model has everything up to here
    numbers: Mapping[str, int] = field(
        default_factory=dict, hash=False
    )  # handed over with the domain
    words: str = ""  # how the last attempt ended

    @property
    def writer(self) -> Owner | None:
        """The side that takes a new write now; None: the write waits."""
        return self.owner if self.phase is Phase.SETTLED else None

    def same_window(self, other: "Record") -> bool:
        """Whether what is written goes to the same place at both times."""
        mine = (self.owner, self.epoch, self.window_open)
        return mine == (other.owner, other.epoch, other.window_open)


@dataclass(frozen=True, slots=True)
class Fence:
    """The domain's row in legacy's database. Owned by legacy: the fence is open."""

    owner: Owner = Owner.LEGACY
    epoch: int = 1
    attempt: int = 0

    @property
    def open(self) -> bool:
        """Whether legacy can commit changes of the domain."""
        return self.owner is Owner.LEGACY
