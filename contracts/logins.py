"""What a customer logs in with, in the system that owns the accounts."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Login:
    """A customer's number, and the hash of the password."""

    customer_id: int
    password_hash: str


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


class Registrar(Protocol):
    """The owner's way to open an account."""

    async def register(self, form: NewCustomer, cookie: str, token: str, until: float) -> None:
        """With a stranger's session, `name=value`, and its form token; not begun after `until`
        (seconds of this process's monotonic clock). Twice it is refused: an address is taken once.

        Raises RecordAway, RecordSilent, RecordRefused.
        """
