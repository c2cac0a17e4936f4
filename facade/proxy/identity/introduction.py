"""What goes beside a client's own words: to the new side who asks and when he last wrote, to the
client the time of this write. Routes and requests that need none of it never come here.

    Cookie      our own is taken out for both sides, legacy's session for the new side
    Fig-After   the client's last write
    Fig-Identity, Fig-Session, Fig-Table    for routes with `needs`
"""

import logging
import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from chassis.web.headers import IDENTITY, SESSION, TABLE
from facade.http1 import cookies
from facade.http1.requests import RequestHead
from facade.http1.responses import ResponseHead
from facade.http1.writing import request_bytes
from facade.proxy import errors
from facade.proxy.identity.credentials import Credentials, Whose
from facade.proxy.identity.lastwrite import AfterTokens, LastWrite
from facade.proxy.identity.sessions import Identities
from facade.routes.stages import Stage
from facade.routes.table import Route, RouteTable
from facade.runtime.keyring import SECRET_BYTES, KeyFiles, secret

if TYPE_CHECKING:
    from facade.proxy.exchange import Exchange

log = logging.getLogger("facade.proxy.identity.sessions")

# Gets the bytes of a head for the new side, or None when it cannot be told who is asking.
Then = Callable[[bytes | None], None]


class Letter(NamedTuple):
    """A request for the new side, before it is known who asks."""

    head: RequestHead
    route: Route
    version: str
    facts: bytes
    trace: bytes
    extra: bytes = b""  # further lines
    for_client: bool = True  # False: a copy


def build_papers(keys: KeyFiles | None, identities: Identities) -> "Papers":
    """The station under these keys; without, tokens of last writes are this process's own."""
    after = os.urandom(SECRET_BYTES) if keys is None else secret(keys.after)
    credentials = None if keys is None else Credentials(keys.identity, keys.session)
    return Papers(LastWrite(AfterTokens(after), time.time_ns), identities, credentials)


class Papers:
    """The station of one worker."""

    def __init__(
        self, last_write: LastWrite, identities: Identities, credentials: Credentials | None
    ) -> None:
        self.last_write = last_write
        self._identities = identities
        self._credentials = credentials
        self._session = self._after_name = b""
        self._hides_session = self._introduces = False

    def use(self, table: RouteTable) -> None:
        """Take the options of a new table, and read the keys if it needs them."""
        options = table.options
        new_sides = any(route.new is not None for route in table.routes)
        self.last_write.use(options.read_your_writes, wanted=new_sides)
        self._after_name = self.last_write.name
        self._session = options.session_cookie.encode("ascii")
        self._hides_session = options.identity is not None
        introduced = any(route.needs and route.stage is not Stage.LEGACY for route in table.routes)
        self._introduces = self._hides_session and introduced
        if options.identity is not None:
            self._identities.use(options.identity, options.session_cookie)
        if self._credentials is not None and any(route.needs for route in table.routes):
            try:
                self._credentials.load()
            except (OSError, ValueError) as error:
                log.error("keys: %s", error)

    # requests

    def arrive(self, head: RequestHead, route: Route) -> bool:
        """A request with cookies: our own goes no further, and who logs in or out is forgotten.

        Returns whether the new side must get another head than legacy would.
        """
        for field in head.cookies or ():
            if self._after_name in field.value:
                self.last_write.take(head)
                break
        if route.forgets:
            self._forget(head)
        return self._hides_session or head.after is not None

    def write(self, letter: Letter, then: Then) -> None:
        """Write the head for the new side; `then` is told, perhaps after legacy was asked."""
        head, needs = letter.head, letter.route.needs
        if not needs:
            then(self._bytes(letter, b""))
            return
        session = cookies.value_of(head, self._session)
        if session is None:
            then(self._bytes(letter, b""))
            return
        whose = self._identities.known(session)
        if whose is not None:
            then(self._introduced(letter, session, whose))
            return

        def heard(whose: Whose | None) -> None:
            then(None if whose is None else self._introduced(letter, session, whose))

        host = head.host or b""
        self._identities.ask(session, host, heard, for_client=letter.for_client)

    def _introduced(self, letter: Letter, session: bytes, whose: Whose) -> bytes | None:
        """The head with the customer's papers; None when there is no key to sign with."""
        if whose.email is None:
            return self._bytes(letter, b"")
        credentials = self._credentials
        if credentials is None:
            return None
        try:
            lines = _line(IDENTITY, credentials.token(whose, time.time()))
            if "session" in letter.route.needs:
                cookie = b"%b=%b" % (self._session, session)
                lines += _line(SESSION, credentials.sealed(whose, cookie))
        except (OSError, ValueError) as error:
            log.error("keys: %s", error)
            return None
        return self._bytes(letter, lines)

    def _bytes(self, letter: Letter, lines: bytes) -> bytes:
        head = letter.head
        extra = letter.extra or self.last_write.request_line(head)
        if letter.route.needs:
            extra += _line(TABLE, letter.version.encode("ascii")) + lines
        hidden = cookies.lines_without(head, self._session) if self._hides_session else None
        return request_bytes(head, letter.facts, letter.trace, extra, hidden)

    # answers

    def answer_lines(self, exchange: "Exchange", answer: ResponseHead) -> bytes:
        """What the client is given beside an answer to a write, or to a read that was declined."""
        head, route, status = exchange.head, exchange.state.route, answer.status
        if route.forgets:
            self._forget(head)
            if status < 400:
                self._ask_ahead(head, answer)
        if route.safe:
            # A read model is far behind: let the client not forget before it has caught up.
            declined = exchange.fell_back is errors.DECLINED
            micros = self.last_write.of(head) if declined else 0
            return self.last_write.answer_lines(micros) if micros else b""
        return self.last_write.answer_lines() if 200 <= status < 400 else b""

    def _ask_ahead(self, head: RequestHead, answer: ResponseHead) -> None:
        """Ask now who has just logged in: legacy may be away soon, and nobody else knows."""
        session = cookies.given(answer, self._session)
        if session is not None and self._introduces:
            self._identities.ask(session, head.host or b"", _hears_later, for_client=False)

    def _forget(self, head: RequestHead) -> None:
        session = cookies.value_of(head, self._session)
        if session is not None:
            self._identities.forget(session)


def _hears_later(_whose: Whose | None) -> None:
    """Nobody waits yet."""


def _line(name: str, value: bytes) -> bytes:
    return b"%b: %b\r\n" % (name.encode("ascii"), value)
