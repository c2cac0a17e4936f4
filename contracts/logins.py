"""What a customer logs in with, in the system that owns the accounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Login:
    """A customer's number, and the hash of the password."""

    customer_id: int
    password_hash: str


@dataclass(frozen=True, slots=True)
class AddressedLogin:
    """The same with the e-mail address, as it is handed over to another owner."""

    customer_id: int
    address: str
    password_hash: str = field(repr=False)


class LoginsAway(Exception):
    """The owner of the accounts cannot be asked just now."""


class Logins(Protocol):
    """The owner's logins."""

    async def find(self, address: str) -> Login | None:
        """Of the customer with this e-mail address. Raises LoginsAway."""


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """Who wants an account: the fields without blanks around them, and the password as typed."""

    email: str
    name: str
    street: str
    zip: str
    city: str
    password: str = field(repr=False)


class HandOver(Protocol):
    """The monolith's logins for the one who is to own them, in blocks of so many numbers: which
    of them differ is seen by sums over number, address and hash. Raises LegacyAway."""

    async def sums(self, block: int) -> Mapping[int, str]:
        """By block: the numbers from `block` times it. None of a block without customers."""

    async def logins(self, block: int, wanted: Sequence[int]) -> Sequence[AddressedLogin]:
        """All of these blocks."""


class Registrar(Protocol):
    """The owner's way to open an account."""

    async def register(self, form: NewCustomer, cookie: str, token: str, until: float) -> None:
        """With a session without a login, `name=value`, and its form token; not begun after `until`
        (seconds of this process's monotonic clock). Twice it is refused: an address is taken once.

        Raises RecordAway, RecordSilent, RecordRefused.
        """
