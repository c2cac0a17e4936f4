"""Whose session it is: accounts alone can read the cookie `session`.

It makes a session for a visitor without one who is shown a form: the form's token lives in it.
"""

from collections.abc import Mapping
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
    """What a session says: without a customer, the visitor is not logged in."""

    customer: Customer | None = None
    csrf: str = ""  # what its forms carry; empty: there is none
    set_cookie: str | None = None  # a whole `Set-Cookie`, where the session is new


@dataclass(frozen=True, slots=True)
class Accounts:
    """Every call raises Away, and Problem where a customer has not arrived there yet."""

    part: Part

    async def open(self, asking: Asking, cookie: str | None, *, token: bool) -> Session:
        """The session in the cookie; with `token`, one that has a forms' token."""
        body = {"cookie": cookie, "token": token}
        return await self._session(asking, "open", body)

    async def log_in(self, asking: Asking, email: str, password: str) -> Session:
        """A fresh session; without a customer where address and password do not go together."""
        return await self._session(asking, "login", {"email": email, "password": password})

    async def log_out(self, asking: Asking) -> str:
        """The `Set-Cookie` that takes the session away."""
        answer = await self.part.post(asking, "/sessions/logout", {})
        return str(orjson.loads(answer.body)["set_cookie"])

    async def _session(self, asking: Asking, call: str, body: Mapping[str, Any]) -> Session:
        found = orjson.loads((await self.part.post(asking, f"/sessions/{call}", body)).body)
        return Session(_customer(found["customer"]), found["csrf"], found["set_cookie"])


def _customer(found: dict[str, Any] | None) -> Customer | None:
    return None if found is None else Customer(**found)
