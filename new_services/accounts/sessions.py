"""The use cases: open a session, log in, log out. A session lies in its cookie and nowhere else."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import asyncpg

from chassis.readmodel.projection import declined
from chassis.readmodel.watermark import Watermark
from chassis.web import headers
from contracts.logins import Login, Logins
from new_services.accounts import passwords, session, views
from new_services.accounts.session import CLOCKS_APART_SECONDS, Session, SessionCodec
from new_services.accounts.views import Customer

ARRIVAL_SECONDS: Final = 0.3  # to wait for a customer whom the feed has not sent yet


class Own(Protocol):
    """The accounts in our own tables; see new_services.accounts.owner.logins."""

    async def ours(self) -> bool:
        """Whether every customer there is stands in our table."""

    async def renew(self, login: Login, password: str) -> None:
        """The password was right: perhaps it gets a better hash."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A session, and what the client is to be given."""

    customer: Customer | None
    csrf: str  # the token of its forms; empty where it has none
    set_cookie: str | None  # the value of `Set-Cookie`; None: the client keeps its cookie


@dataclass(frozen=True, slots=True)
class Sessions:
    """What the use cases need."""

    pool: asyncpg.Pool
    watermark: Watermark
    logins: Logins
    codec: SessionCodec
    own: Own
    now: Callable[[], float] = time.time  # unix seconds

    async def open(self, cookie: str | None, *, token: bool) -> Opened:
        """The session of this cookie; with `token` it has a form token afterwards.

        Raises Problem: declined, where the feed has not sent the customer yet.
        """
        found = self.codec.read(cookie)
        customer = None
        if found.customer_id is not None:
            customer = await self._customer(found.customer_id, found.signed)
        if not token or found.csrf:
            return Opened(customer, found.csrf, None)
        found = found.with_token()
        return Opened(customer, found.csrf, self.codec.set_cookie(found))

    async def log_in(self, email: str, password: str) -> Opened | None:
        """A fresh session of this customer. None: address and password do not go together.

        Raises LoginsAway; Problem: declined, where the feed has not sent the customer yet.
        """
        address = email.strip().lower().replace("\0", "")
        login = await self.logins.find(address)
        stored = None if login is None else login.password_hash
        if not await asyncio.to_thread(passwords.matches, stored, password) or login is None:
            return None
        await self.own.renew(login, password)
        return await self.begin(login.customer_id)

    async def begin(self, customer_id: int) -> Opened:
        """A fresh session of this customer; the caller has checked that it is theirs."""
        customer = await self._customer(customer_id, int(self.now()))
        begun = session.logged_in(customer_id)
        return Opened(customer, begun.csrf, self.codec.set_cookie(begun))

    def log_out(self) -> str:
        """The value of `Set-Cookie` that takes the session away."""
        return self.codec.set_cookie(Session())

    async def _customer(self, customer_id: int, signed: int) -> Customer | None:
        """None: there is no customer of this number.

        A customer exists before the cookie is signed that names them. So one who is unknown here
        is unknown to legacy once the feed has come past that time; before, only legacy knows.
        """
        found = await views.customer(self.pool, customer_id)
        if found is not None or not self.watermark.fed:
            return found
        if await self.own.ours():
            return await views.customer(self.pool, customer_id)
        await self.watermark.reached(int(self.now() * 1e6), ARRIVAL_SECONDS)
        found = await views.customer(self.pool, customer_id)
        if found is None and self.watermark.micros < (signed + CLOCKS_APART_SECONDS) * 1_000_000:
            raise declined(headers.BEHIND, "this customer has not arrived here yet")
        return found
