"""The accounts as their owner keeps them, and who that is just now: see Logins and Registrar.

a form ─▶ whose? ─▶ legacy   its own form ─ no answer, and a cutover? ─▶ whose?
                 ─▶ ours     number, address, hash and customer in one transaction
                 ─▶ (moving) wait; then one of both, or Moving: nothing was begun
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Protocol

import asyncpg
import orjson

from chassis.ownership.gate import Moving, WriteGate
from chassis.ownership.record import Owner, Record
from chassis.ownership.records import CHANGED
from contracts.feed.entities import CUSTOMER
from contracts.logins import Login, NewCustomer, Registrar
from contracts.record import RecordRefused, RecordSilent
from new_services.accounts import passwords
from new_services.accounts.registration import TAKEN

DOMAIN = "accounts"
COUNTRY = "DE"  # of every new customer, as the monolith's form has it
WAIT_SECONDS = 7.0  # for a form to wait while the accounts change hands

_FIND = "SELECT customer_id, pw_hash FROM login WHERE address = $1"
_LOGIN = """
INSERT INTO login (customer_id, address, pw_hash) VALUES (nextval('customer_number'), $1, $2)
ON CONFLICT (address) DO NOTHING RETURNING customer_id
"""
_STORE = """
INSERT INTO mirror (entity, key, fields, gone, lsn, seq)
VALUES ('customer', $1, $2::text::jsonb, false, 0, 0)
"""
_RENEW = "UPDATE login SET pw_hash = $3 WHERE customer_id = $1 AND pw_hash = $2"


class LegacyLogins(Protocol):
    """The monolith's, while it owns them."""

    trouble: str  # why it could not be asked the last time; empty: nothing is wrong

    async def find(self, address: str) -> Login | None:
        """See Logins."""


@dataclass(frozen=True, slots=True)
class OwnAccounts:
    """Customers in our own tables. `now` is the shop's wall clock, without a zone; `given` waits a
    moment until legacy has a change."""

    pool: asyncpg.Pool
    write_gate: WriteGate
    now: Callable[[], datetime]
    given: Callable[[int], Awaitable[None]]

    async def find(self, address: str) -> Login | None:
        try:
            row = await self.pool.fetchrow(_FIND, address)
        except asyncpg.DataError:
            return None  # no text that a database can hold: no account's address
        return None if row is None else Login(row["customer_id"], row["pw_hash"])

    async def register(self, form: NewCustomer) -> None:
        """A new customer. Raises RecordRefused where the address is taken, Moving."""
        async with self.pool.acquire() as connection, connection.transaction():
            record = await self.write_gate.enter(connection)
            hashed = await asyncio.to_thread(hashing(record), form.password)
            address = form.email.lower()
            number = await connection.fetchval(_LOGIN, address, hashed)
            if number is None:
                raise RecordRefused(400, {"problem": TAKEN})
            customer = orjson.dumps(self._customer(form)).decode()
            await connection.execute(_STORE, str(number), customer)
            change = await connection.fetchval(CHANGED, DOMAIN, CUSTOMER, str(number))
        await self.given(change)

    async def ours(self) -> bool:
        """Whether every customer there is stands in our table."""
        return (await self.write_gate.records.look()).owner is Owner.NEW

    async def renew(self, login: Login, password: str) -> None:
        """The hash of a password that was just shown to be right, by today's method, once no other
        program reads it."""
        if passwords.is_todays(login.password_hash):
            return
        record = await self.write_gate.records.look()
        if record.writer is Owner.NEW and not record.window_open:
            hashed = await asyncio.to_thread(passwords.hashed_today, password)
            await self.pool.execute(_RENEW, login.customer_id, login.password_hash, hashed)

    def _customer(self, form: NewCustomer) -> dict[str, object]:
        """As the feed would have it."""
        fields = {name: value for name, value in asdict(form).items() if name != "password"}
        created = self.now().isoformat(" ")
        more = {"email": form.email.lower(), "admin": False, "country": COUNTRY}
        return {**fields, **more, "created": created}


def hashing(record: Record) -> Callable[[str], str]:
    """Legacy must be able to read what we write for as long as the way back is open."""
    return passwords.hashed_for_the_monolith if record.window_open else passwords.hashed_today


@dataclass(slots=True)
class OwnedLogins:
    """See Logins: those of the owner of the accounts now. During a cutover no account is opened, so
    either side's are right."""

    legacy: LegacyLogins
    own: OwnAccounts
    trouble: str = field(default="")  # legacy's, while it is the owner

    async def find(self, address: str) -> Login | None:
        record = await self.own.write_gate.records.look()
        if record.owner is Owner.NEW:
            self.trouble = ""
            return await self.own.find(address)
        try:
            return await self.legacy.find(address)
        finally:
            self.trouble = self.legacy.trouble


@dataclass(frozen=True, slots=True)
class OwnedRegistrar:
    """See Registrar: the form goes to the owner of the accounts when it is begun."""

    legacy: Registrar
    own: OwnAccounts
    logins: OwnedLogins

    async def register(self, form: NewCustomer, cookie: str, token: str, until: float) -> None:
        """See Registrar. Waits for a cutover until then."""
        lost = False  # legacy was sent the form, and has not said what became of it
        while True:
            before = await self.own.write_gate.records.look()
            patience = min(WAIT_SECONDS, until - time.monotonic())
            owner = await self.own.write_gate.whose(form.email.lower(), patience)
            if lost and await self._is_there(form):
                return None
            try:
                if owner is Owner.LEGACY:
                    return await self.legacy.register(form, cookie, token, until)
                return await self.own.register(form)
            except Moving:  # begun between both looks
                if time.monotonic() > until:
                    raise
            except RecordSilent as error:
                if not await self._fenced(before, error):
                    raise
                lost = True

    async def _fenced(self, before: Record, error: RecordSilent) -> bool:
        """Whether a cutover explains it, so that one look decides: legacy's request has ended, or
        its transaction cannot commit any more."""
        now = await self.own.write_gate.records.look()
        changed = now.attempt != before.attempt
        return changed and (error.answered or now.owner is Owner.NEW)

    async def _is_there(self, form: NewCustomer) -> bool:
        """Whether the account was opened with this very password."""
        login = await self.logins.find(form.email.lower())
        return login is not None and await asyncio.to_thread(
            passwords.matches, login.password_hash, form.password
        )
