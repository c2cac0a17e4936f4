"""The station of routes with `attempts`: nothing is sent before it is known that one is left.

the body is whole ─ which account ─ count ┬─ one is left ─▶ a side is asked
                                          └─ none ────────▶ 429

An attempt whose answer gives the client a session was a login: it does not count, and the count of
its account is reset. An attempt that no side answered does not count either. Every other attempt
counts, also where the client has left before the answer.
"""

import logging
from collections.abc import Callable
from math import ceil
from time import perf_counter
from typing import Final

from chassis.breaker.circuit import REFUSED
from facade.http1.refusal import Refused
from facade.http1.responses import CONTINUE, ResponseHead
from facade.proxy import errors
from facade.proxy.attempts.accounts import accounts
from facade.proxy.downstream.upload import Upload
from facade.proxy.exchange import Exchange
from facade.proxy.observer import Uninterested
from facade.proxy.request import Attempt
from facade.routes.config.limitfile import Attempts
from facade.runtime.memory import digest_of

log = logging.getLogger("facade.proxy.attempts")

TOO_LARGE: Final = "the body of a login is too large"
NONE_LEFT: Final = "Too many attempts to log in. Please try again in {minutes} {unit}."


class LimitedAttempt(Uninterested):
    """One such request. It is the Keyed observer of its exchange."""

    def __init__(
        self, exchange: Exchange, limits: Attempts, address: str, go_on: Callable[[], None]
    ) -> None:
        """`address` is the client's; `go_on` asks the side of the request's attempt."""
        self._exchange = exchange
        self._limits = limits
        self._address = address
        self._go_on = go_on
        self._waits = True  # for the body
        self._accounts: list[bytes] = []  # digests of what was counted
        self._client = b""

    def start(self) -> None:
        """Wait for the body. Raises Refused."""
        exchange = self._exchange
        head, upload = exchange.request.head, exchange.request.upload
        most = exchange.worker.current.table.routes.options.limits.repeat
        if head.length is not None and head.length > most:
            raise Refused(413, TOO_LARGE)
        exchange.pair = exchange.keyed = self
        if upload is None:
            self.follow(None)
            return
        upload.hold(most, self._too_large)
        if self._waits and upload.expectation is not None:
            upload.expectation.interim(CONTINUE)

    # called by the exchange

    def follow(self, upload: Upload | None) -> None:
        """The body is whole: count the attempt, or refuse it."""
        exchange = self._exchange
        if not self._waits or exchange.done:
            return
        self._waits = False
        attempt = exchange.request.attempt
        if attempt.permit == REFUSED:
            exchange.give_up(errors.UNAVAILABLE)
        elif (seconds := self._count(b"" if upload is None else upload.kept)) > 0.0:
            self._refuse(seconds)
        else:
            exchange.request.attempt = Attempt(attempt.side, attempt.permit, perf_counter())
            self._go_on()

    def live_answered(self, head: ResponseHead) -> None:
        """The answer says whether it was a login."""
        if head.status >= 500:
            self._give_back()
        elif head.status < 400 and self._exchange.worker.identity.gives_session(head):
            self._give_back(ended=self._accounts)

    def live_gone(self) -> None:
        """The client left: what it has sent counts."""
        self._waits = False

    def given_up(self) -> None:
        """No side has answered."""
        self._waits = False
        self._give_back()

    # steps

    def _count(self, body: bytes) -> float:
        """For how many seconds no attempt is left; 0: it is counted."""
        limits, counts = self._limits, self._exchange.worker.attempts
        kind = b"".join(
            field.value
            for field in self._exchange.request.head.fields
            if field.name == b"content-type"
        )
        named = [digest_of("account", name) for name in accounts(limits.account, kind, body)]
        client = digest_of("client", self._address)
        wanted = [*((each, limits.per_account) for each in named), (client, limits.per_client)]
        try:
            seconds = counts.take(wanted, limits.within)
        except OSError as error:
            log.error("an attempt to log in is not counted: %s", error)
            return 0.0
        if not seconds:
            self._accounts, self._client = named, client
        return seconds

    def _give_back(self, ended: list[bytes] | None = None) -> None:
        digests = [] if ended else self._accounts
        if self._client:
            digests = [*digests, self._client]
            try:
                self._exchange.worker.attempts.give_back(digests, ended or ())
            except OSError as error:
                log.error("an attempt to log in stays counted: %s", error)
        self._accounts, self._client = [], b""

    def _refuse(self, seconds: float) -> None:
        exchange = self._exchange
        exchange.request.state.counts.limited += 1
        minutes = ceil(seconds / 60.0)
        text = NONE_LEFT.format(minutes=minutes, unit="minute" if minutes == 1 else "minutes")
        exchange.spare()
        extra = b"Retry-After: %d\r\n" % ceil(seconds)
        exchange.client.explain(exchange.request, 429, text, extra)

    def _too_large(self) -> None:
        """A body that comes in chunks has grown too large to be read."""
        self._waits = False
        exchange = self._exchange
        exchange.spare()
        exchange.client.explain(exchange.request, 413, f"The request was refused: {TOO_LARGE}.")
