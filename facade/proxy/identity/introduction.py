"""The introduction of a client: the new side gets the customer and the time of that client's last
write. Routes and requests that need none of this never come here.

    Cookie      our own is taken out for both sides, the session's for a new side that does not
                keep it (`session_cookie: keep`)
    Fig-After   the client's last write
    Fig-Identity, Fig-Session, Fig-Table    for routes with `needs`
"""

import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from chassis.web.headers import IDENTITY, MACHINE, SESSION, TABLE
from facade.http1 import cookies
from facade.http1.requests import RequestHead, request_bytes
from facade.http1.responses import ResponseHead
from facade.machines.credential import is_credential
from facade.proxy.identity.credentials import Credentials, SessionOwner
from facade.proxy.identity.lastwrite import NONE, AfterTokens, LastWrite, Mark
from facade.proxy.identity.sessions import Sessions
from facade.rewriting.asked import RequestRewrite
from facade.routes.machines.allow import Machine
from facade.routes.ownership import trailing
from facade.routes.route import Route
from facade.routes.sessions import SessionCookies, names_of
from facade.routes.stages import Stage
from facade.routes.table import RouteTable
from facade.runtime.keyring import SECRET_BYTES, KeyFiles, secret

log = logging.getLogger("facade.proxy.identity.sessions")

# Gets the bytes of a head for the new side, or None when the customer cannot be named.
Then = Callable[[bytes | None], None]


@dataclass(slots=True, eq=False)
class HeadDraft:
    """The head of a request for the new side, before its customer is known."""

    head: RequestHead
    route: Route
    version: str
    facts: bytes
    trace: bytes
    extra: bytes = b""  # further lines
    for_client: bool = True  # False: a copy
    asked: RequestRewrite | None = None  # what changes for the side; None: nothing
    keeps_session: bool = False  # the side sees the session's cookie
    machine: Machine | None = None  # which asks


def build_introducer(keys: KeyFiles | None, sessions: Sessions) -> "Introducer":
    """The station with these keys; without any, tokens of last writes are this process's own."""
    after = os.urandom(SECRET_BYTES) if keys is None else secret(keys.after)
    credentials = None if keys is None else Credentials(keys.identity, keys.session)
    return Introducer(LastWrite(AfterTokens(after), time.time_ns), sessions, credentials)


class Introducer:
    """The station of one worker."""

    def __init__(
        self, last_write: LastWrite, sessions: Sessions, credentials: Credentials | None
    ) -> None:
        self.last_write = last_write
        self._sessions = sessions
        self._credentials = credentials
        self._after_name = b""  # of our cookie
        self._session = SessionCookies(())
        self._hides_session = self._introduces = False
        self._key_header: bytes | None = None  # in which machines send their API keys

    def use(self, table: RouteTable) -> None:
        """Take the options of a new table, and read the keys if it needs them."""
        options = table.options
        # Nothing can be behind where no route has a new side. One in stage legacy may be flipped
        # before a client's mark is forgotten: the client must have it by then.
        new_sides = any(route.new is not None for route in table.routes)
        trails = trailing(table.file)
        self.last_write.use(options.read_your_writes, wanted=new_sides, trailing=trails)
        self._after_name = self.last_write.name
        self._session = SessionCookies(names_of(options))
        self._hides_session = options.identity is not None
        keys = table.file.machines.keys
        self._key_header = None if keys is None else keys.header.lower().encode("ascii")
        introduced = any(route.needs and route.stage is not Stage.LEGACY for route in table.routes)
        self._introduces = self._hides_session and introduced
        if options.identity is not None:
            self._sessions.use(options.identity, names_of(options), table.asked)
        signs = any(route.needs or route.allow is not None for route in table.routes)
        if self._credentials is not None and signs:
            try:
                self._credentials.load()
            except (OSError, ValueError) as error:
                log.error("keys: %s", error)

    def tick(self, now: float) -> None:
        """What is due; `now` in monotonic seconds."""
        if self._hides_session:
            self._sessions.probe(now)
        if self._credentials is not None:
            self._credentials.look()

    # requests

    def arrive(self, head: RequestHead, route: Route) -> bool:
        """A request with cookies: take out our own; forget the owner where it logs in or out.

        The dashboard's cookie goes too: a side that could read it might use the admin port.

        Returns whether the new side must get another head than legacy would.
        """
        for field in head.cookies or ():
            if cookies.OF_THE_ADMIN_PORT in field.value:
                cookies.remove(head, cookies.OF_THE_ADMIN_PORT)
            if self._after_name in field.value:
                self.last_write.take(head)
        if route.forgets:
            self._forget(head)
        return self._hides_session or head.after is not None

    def lately(self, head: RequestHead) -> Mark:
        """What the client has just written, by its mark; see LastWrite."""
        if head.after is None and not any(
            self._after_name in field.value for field in head.cookies or ()
        ):
            return NONE
        return self.last_write.lately(head)

    def person(
        self, head: RequestHead, machine: Machine | None, then: Callable[[bytes | None], None]
    ) -> None:
        """Call `then` with an id of the person: the same in each of that person's sessions where
        the owner can be looked up. None: the lookup failed. Without a session the id is the
        machine's."""
        session = None if head.cookies is None else self._session_of(head)
        if session is None and machine is not None:
            then(b"machine:" + machine.full_name.encode())
        elif session is None:
            then(b"authorization:" + b",".join(_authorization(head)))
        elif not self._hides_session:
            then(b"session:" + session)
        else:
            known = self._sessions.known(session)
            if known is not None:
                then(_person(known, session))
                return

            def heard(owner: SessionOwner | None) -> None:
                then(None if owner is None else _person(owner, session))

            self._sessions.ask(session, head.host or b"", heard, for_client=True)

    def write(self, draft: HeadDraft, then: Then) -> bytes | None:
        """The head for the new side.

        None: `then` was called with None because there is no key to sign with, or will be called
        when the owner of the session is known.
        """
        if draft.machine is not None and not self._signed(draft.machine):
            then(None)
            return None
        if not draft.route.needs:
            return self._bytes(draft, b"")
        session = self._session_of(draft.head)
        if session is None:
            return self._bytes(draft, b"")
        owner = self._sessions.known(session)
        if owner is not None:
            written = self._introduced(draft, session, owner)
            if written is None:
                then(None)
            return written

        def heard(owner: SessionOwner | None) -> None:
            then(None if owner is None else self._introduced(draft, session, owner))

        host = draft.head.host or b""
        self._sessions.ask(session, host, heard, for_client=draft.for_client)
        return None

    def _introduced(self, draft: HeadDraft, session: bytes, owner: SessionOwner) -> bytes | None:
        """The head that names the customer; None when there is no key to sign with."""
        if owner.email is None:
            return self._bytes(draft, b"")
        credentials = self._credentials
        if credentials is None:
            return None
        try:
            lines = _line(IDENTITY, credentials.token(owner, time.time()))
            if "session" in draft.route.needs:
                lines += _line(SESSION, credentials.sealed(owner, session))
        except (OSError, ValueError) as error:
            log.error("keys: %s", error)
            return None
        return self._bytes(draft, lines)

    def _signed(self, machine: Machine) -> bool:
        """Have a token of this machine at hand for services; False: there is no key to sign it."""
        if self._credentials is None:
            return False
        try:
            self._credentials.sign(machine, time.time())
        except (OSError, ValueError) as error:
            log.error("keys: %s", error)
            return False
        return True

    def _without_credential(self, head: RequestHead, lines: list[bytes]) -> list[bytes]:
        """The lines to forward without the credential that the facade has checked."""
        shown = {
            field.line
            for field in head.fields
            if is_credential(field.name, field.value, self._key_header)
        }
        return [line for line in lines if line not in shown]

    def _bytes(self, draft: HeadDraft, lines: bytes) -> bytes:
        head = draft.head if draft.asked is None else draft.asked.head(draft.head)
        extra = draft.extra or self.last_write.request_line(head)
        if draft.route.needs:
            extra += _line(TABLE, draft.version.encode("ascii")) + lines
        hides = self._hides_session and not draft.keeps_session
        hidden = cookies.lines_without(head, self._session.covers) if hides else None
        if draft.machine is not None:
            extra += _line(MACHINE, draft.machine.token)
            if draft.route.guarded:
                hidden = self._without_credential(head, head.lines if hidden is None else hidden)
        return request_bytes(head, draft.facts, draft.trace, extra, hidden)

    # answers

    def changed_session(self, head: RequestHead, answer: ResponseHead) -> None:
        """The answer to a request that logs in or out: what is known of its session has ended."""
        self._forget(head)
        if answer.status < 400:
            self._ask_ahead(head, answer)

    def gives_session(self, answer: ResponseHead) -> bool:
        """Whether the client has another session from this answer on."""
        return any(value for _, value in self._session.among(cookies.given(answer)))

    def _ask_ahead(self, head: RequestHead, answer: ResponseHead) -> None:
        """Look up who has just logged in while the side that knows it answers."""
        given = self._session.among(cookies.given(answer))
        if given and self._introduces:
            session = b"; ".join(b"%b=%b" % pair for pair in given)
            self._sessions.ask(session, head.host or b"", _ignored, for_client=False)

    def _forget(self, head: RequestHead) -> None:
        session = self._session_of(head)
        if session is not None:
            self._sessions.forget(session)

    def _session_of(self, head: RequestHead) -> bytes | None:
        """All cookies of the session, as a Cookie header writes them."""
        return self._session.find(field.value for field in head.cookies or ())


def _ignored(_owner: SessionOwner | None) -> None:
    """No request waits yet: the answer is only kept."""


def _person(owner: SessionOwner, session: bytes) -> bytes:
    if owner.email is None:
        return b"session:" + session
    return b"customer:" + owner.email.encode()


def _authorization(head: RequestHead) -> list[bytes]:
    return [field.value for field in head.fields if field.name == b"authorization"]


def _line(name: str, value: bytes) -> bytes:
    return b"%b: %b\r\n" % (name.encode("ascii"), value)
