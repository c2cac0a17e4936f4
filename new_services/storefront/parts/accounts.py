"""Whose session it is: accounts alone can read the cookie `session`.

It makes a session for a stranger who is to be given a form, too: the form's token lives in it.
"""

from dataclasses import dataclass
from typing import Any

import orjson

from new_services.storefront.parts.part import Asking, Part

COOKIE = "session"


@dataclass(frozen=True, slots=True)
class Customer:
    """Who is logged in."""

    id: int
    email: str
    name: str
    is_admin: bool
    street: str
    zip: str
    city: str
    country: str


@dataclass(frozen=True, slots=True)
class Session:
    """What a session says: nobody is logged in where there is no customer."""

    customer: Customer | None = None
    csrf: str = ""  # what its forms carry; empty: there is none
    set_cookie: str | None = None  # a whole `Set-Cookie`, where the session is new


@dataclass(frozen=True, slots=True)
class Accounts:
    """See `open`."""

    part: Part

    async def open(self, asking: Asking, cookie: str | None, *, token: bool) -> Session:
        """The session in the cookie; with `token`, one that has a forms' token. Raises Away."""
        body = {"cookie": cookie, "token": token}
        found = orjson.loads((await self.part.post(asking, "/sessions/open", body)).body)
        return Session(_customer(found["customer"]), found["csrf"], found["set_cookie"])


def _customer(found: dict[str, Any] | None) -> Customer | None:
    return None if found is None else Customer(**found)
