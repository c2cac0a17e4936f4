"""A visitor opens an account: by the owner's own form, once, whatever becomes of its answer.

    the form ─▶ wrong? ─▶ address taken? ─▶ the form is noted ─▶ the owner's form ─▶ a session
                             │ by this very form, with this password          │ no answer: is the
                             └────────────────────────────────▶ a session ◀───┘ address there now?

The password is never stored here. So nothing is sent again by itself: a visitor whose answer was
"not certain" sends the form once more, and is logged in if it was done.
"""

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Final

import asyncpg
import orjson

from contracts.logins import Logins, NewCustomer, Registrar
from contracts.record import RecordRefused, RecordSilent
from new_services.accounts import passwords, session
from new_services.accounts.session import COOKIE, Session, SessionCodec

EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]{1,120}\.[^@\s]{2,15}")
SHORTEST_PASSWORD: Final = 8
LONGEST: Final = {"email": 200, "name": 100, "street": 200, "zip": 20, "city": 100}
TAKEN: Final = "There is an account with this e-mail address already."
SAME_FORM_SECONDS: Final = 600.0  # for so long an equal form is the same one
MOST_TRIES: Final = 5  # of one form
WRITE_SECONDS: Final = 8.0  # longer than a cutover lets a form wait
LOOKS: Final = 8  # after a lost answer
PAUSE_SECONDS: Final = 0.25

_STORE = """
INSERT INTO registration (address, digest) VALUES ($1, $2)
ON CONFLICT (address) DO UPDATE
SET digest = excluded.digest, asked = clock_timestamp(), tries = 0
"""
# Each look at a password counts: the form is no way to try passwords.
_SAME = """
UPDATE registration SET tries = tries + 1
WHERE address = $1 AND digest = $2 AND tries < $4
AND asked > clock_timestamp() - make_interval(secs => $3) RETURNING true
"""


class BadForm(Exception):
    """The message says what is wrong, to the customer."""


class NotCertain(Exception):
    """The owner did not answer: the account may be there, or may come yet."""


def check(form: NewCustomer) -> None:
    """Rules and words are the monolith's. Raises BadForm."""
    if not EMAIL.fullmatch(form.email):
        raise BadForm("This is no e-mail address.")
    if not form.name:
        raise BadForm("Please tell us your name.")
    if len(form.password) < SHORTEST_PASSWORD:
        raise BadForm(f"The password needs at least {SHORTEST_PASSWORD} characters.")
    if any(len(getattr(form, name)) > longest for name, longest in LONGEST.items()):
        raise BadForm("One of the fields is too long.")


@dataclass(frozen=True, slots=True)
class Registration:
    """`clock` is monotonic."""

    pool: asyncpg.Pool
    logins: Logins
    registrar: Registrar
    codec: SessionCodec
    clock: Callable[[], float]
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def register(self, form: NewCustomer) -> str:
        """The value of `Set-Cookie` with the session of the new customer.

        Raises BadForm, NotCertain, LoginsAway; RecordAway: nothing was done.
        """
        check(form)
        address, digest = form.email.lower(), _digest(form)
        if await self.logins.find(address) is not None:
            sent = (address, digest, SAME_FORM_SECONDS, MOST_TRIES)
            known = await self._mine(form) if await self.pool.fetchval(_SAME, *sent) else None
            if known is None:
                raise BadForm(TAKEN)
            return self._session(known)
        await self.pool.execute(_STORE, address, digest)
        lost: RecordSilent | None = None
        try:
            await self._send(form)
        except RecordSilent as error:
            lost = error
        return self._session(await self._found(form, lost))

    async def _send(self, form: NewCustomer) -> None:
        """With a session that is made for this form: the monolith checks its token."""
        made = Session().with_token()
        cookie = f"{COOKIE}={self.codec.write(made)}"
        try:
            await self.registrar.register(form, cookie, made.csrf, self.clock() + WRITE_SECONDS)
        except RecordRefused as error:
            said = error.body.get("problem") or error.body.get("error") or str(error)
            raise BadForm(str(said)) from error

    async def _found(self, form: NewCustomer, lost: RecordSilent | None) -> int:
        """The new customer's number. Raises NotCertain."""
        for _ in range(LOOKS):
            found = await self._mine(form)
            if found is not None:
                return found
            await self.pause(PAUSE_SECONDS)
        raise NotCertain(str(lost or "the new account cannot be seen yet")) from lost

    async def _mine(self, form: NewCustomer) -> int | None:
        """The number of who has this address and this password."""
        login = await self.logins.find(form.email.lower())
        if login is None:
            return None
        known = await asyncio.to_thread(passwords.matches, login.password_hash, form.password)
        return login.customer_id if known else None

    def _session(self, customer_id: int) -> str:
        return self.codec.set_cookie(session.logged_in(customer_id))


def _digest(form: NewCustomer) -> str:
    """The same for the same form; the password is left out."""
    fields = {name: value for name, value in asdict(form).items() if name != "password"}
    return hashlib.sha256(orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)).hexdigest()
