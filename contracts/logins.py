"""What a customer logs in with, in the system that owns the accounts."""

from dataclasses import dataclass
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
