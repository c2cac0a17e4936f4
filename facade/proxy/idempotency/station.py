"""The station of requests with an `Idempotency-Key`: nothing is sent before it is known to be new.

the body is whole ─ whose key ─ claim ┬─ new ─────────────▶ a side is asked; the answer is kept
      │                 │             ├─ done ────────────▶ the first answer once more
      │                 │             ├─ running ─────────▶ 409
      │                 │             └─ another request ─▶ 422
      │                 └─ legacy does not say ───────────▶ 503
      └─ larger than `limits.repeat`, or no memory ───────▶ a side is asked; the answer says so
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from random import random
from time import perf_counter
from typing import Final

from chassis.breaker.circuit import REFUSED, Outcome
from facade.http1.refusal import Refused
from facade.http1.responses import CONTINUE, ResponseHead
from facade.proxy import errors
from facade.proxy.downstream.upload import Upload
from facade.proxy.errors import Failure
from facade.proxy.exchange import Exchange, answer_head
from facade.proxy.idempotency.kept import KeptAnswer, nothing_done
from facade.proxy.idempotency.keys import (
    Claim,
    Keys,
    Stored,
    Verdict,
    digest_of,
    fingerprint_of,
)
from facade.proxy.observer import Uninterested
from facade.proxy.request import Attempt, RouteSide
from facade.routes.route import Decision
from facade.routes.stages import Stage
from facade.runtime.memory import MemoryBusy

log = logging.getLogger("facade.proxy.idempotency")

NOT_KEPT: Final = b"Fig-Idempotency: not-kept\r\n"
REPLAYED: Final = b"Fig-Idempotency: replayed\r\n"
REASON: Final = "idempotency-key"  # of a decision that the key makes

OTHER: Final = "This Idempotency-Key was used for another request: a new request needs a new key."
RUNNING: Final = "A request with this Idempotency-Key is still being answered: ask again later."
LOST: Final = "The request with this Idempotency-Key was done; its answer was too large to be kept."
NOWHERE: Final = (
    "A request with this Idempotency-Key was sent to a service that is not asked any more, and what"
    " became of it is not known."
)


class KeyedRequest(Uninterested):
    """One such request. It is the Keyed observer of its exchange."""

    def __init__(self, exchange: Exchange, go_on: Callable[[], None]) -> None:
        """`go_on` asks the side of the request's attempt."""
        self._exchange = exchange
        self._go_on = go_on
        self._waits = True  # for the body, or for the lookup of the key's owner
        self._keys: Keys | None = None  # once the key is claimed
        self._digest = self._fingerprint = b""
        self._unsure = ""  # the side that may have done it
        self._answer = KeptAnswer()

    def start(self) -> None:
        """Wait for the body, unless it cannot be kept. Raises Refused."""
        exchange = self._exchange
        head, upload = exchange.request.head, exchange.request.upload
        if not head.key:
            raise Refused(400, "an Idempotency-Key that is empty, or more than one")
        exchange.pair = exchange.keyed = self
        most = exchange.worker.current.table.routes.options.limits.repeat
        if upload is None:
            self.follow(None)
        elif head.length is not None and head.length > most:
            self._without()
        else:
            upload.hold(most, self._without)
            if self._waits and upload.expectation is not None:
                upload.expectation.interim(CONTINUE)

    # called by the exchange

    @property
    def goes_on(self) -> bool:
        """Whether the answer is wanted also when the client has left."""
        return self._keys is not None

    def follow(self, upload: Upload | None) -> None:
        """The body is whole: look up the owner of the key."""
        if self._waits:
            request = self._exchange.request
            head = request.head
            body = b"" if upload is None else upload.kept
            self._fingerprint = fingerprint_of(head.method, head.target, body)
            self._exchange.worker.identity.person(head, request.machine, self._of)

    def live_answered(self, head: ResponseHead) -> None:
        """The answer has begun."""
        if self._keys is None:
            head.lines.append(NOT_KEPT)
        else:
            self._answer.begin(head)

    def live_body(self, data: bytes) -> None:
        """Keep a piece of the answer's body."""
        if self._keys is not None:
            self._answer.add(data)

    def live_ended(self) -> None:
        """It is whole: keep it before the client has seen its end."""
        side = self._exchange.request.attempt.side.name
        if self._answer.nothing_done:
            self._end("")
        elif self._answer.final:
            self._store(Keys.done, *self._key, side, self._answer.stored)
        else:
            self._end(side)

    def live_gone(self) -> None:
        """The client left before a side was asked."""
        self._waits = False

    def attempt_failed(self, failure: Failure, *, has_begun: bool) -> None:
        """A side did not answer: it may have done it, unless the failure says that it did not."""
        if has_begun or not nothing_done(failure):
            self._unsure = self._exchange.request.attempt.side.name
        if has_begun:
            self._end(self._unsure)

    def turned(self) -> None:
        """Legacy is asked in place of the new side."""
        self._write(Keys.sent_to, *self._key, "legacy")

    def given_up(self) -> None:
        """No side will answer."""
        self._waits = False
        self._end(self._unsure)

    # steps

    def _without(self) -> None:
        """Ask a side without the promise; the answer will say so."""
        self._waits = False
        self._count("not kept")
        if self._permitted(self._exchange.request.attempt.side):
            self._go_on()

    def _of(self, person: bytes | None) -> None:
        """The owner of the key is known; None: the lookup failed."""
        exchange = self._exchange
        if not self._waits or exchange.done:
            return
        self._waits = False
        if person is None:
            exchange.give_up(errors.IDENTITY)
            return
        self._digest = digest_of(person, exchange.request.head.key or b"")
        try:
            keys = exchange.worker.keys.open()
            if keys is None:
                self._without()
                return
            claim = keys.claim(*self._key, exchange.request.attempt.side.name)
        except MemoryBusy:
            exchange.give_up(errors.MEMORY)
        except OSError as error:
            log.error("an Idempotency-Key is not kept: %s", error)
            self._without()
        else:
            self._claimed(keys, claim)

    def _claimed(self, keys: Keys, claim: Claim) -> None:
        verdict = claim.verdict
        if verdict is Verdict.OTHER:
            self._explain(422, OTHER, "used for another request")
        elif verdict is Verdict.RUNNING:
            self._explain(409, RUNNING, "still running")
        elif verdict is Verdict.DONE and claim.answer is None:
            self._explain(409, LOST, "done, its answer too large")
        elif claim.answer is not None:
            self._replay(claim.answer)
        else:
            self._keys = keys
            self._ask(claim)

    def _ask(self, claim: Claim) -> None:
        """Send the request to a side; one that may have been done goes where it went before."""
        request = self._exchange.request
        side: RouteSide | None = request.attempt.side
        if claim.verdict is Verdict.REPEAT:
            self._unsure, request.bound = claim.side, True
            side = self._side(claim.side)
            if side is not None:
                self._count("sent again")
        if side is None:
            self._end(self._unsure)
            self._explain(409, NOWHERE, "unknown, its side gone")
        elif self._permitted(side):
            self._go_on()

    def _side(self, name: str) -> RouteSide | None:
        """The side of this name, where the route still asks it."""
        request = self._exchange.request
        state, route = request.state, request.state.route
        if request.attempt.side.name != name:
            upstream = route.legacy if name == "legacy" else route.new or ""
            request.decision = Decision(
                "legacy" if name == "legacy" else "new",
                upstream,
                request.decision.bucket,
                REASON,
                sticky=False,
            )
        if name == "legacy":
            never = route.pinned or route.stage is Stage.RETIRED
            return None if never else state.legacy
        return state.new

    def _permitted(self, side: RouteSide) -> bool:
        """Begin the attempt at this side; False: its breaker lets nothing through."""
        exchange = self._exchange
        attempt, now, moment = (
            exchange.request.attempt,
            exchange.worker.deadlines.now,
            perf_counter(),
        )
        if attempt.side is side:
            exchange.request.attempt = Attempt(side, attempt.permit, moment)
        else:
            attempt.side.breaker.release(attempt.permit, Outcome.CANCELLED, now, 0.0)
            exchange.request.attempt = side.attempt(now, random(), moment)
        if exchange.request.attempt.permit == REFUSED:
            exchange.give_up(errors.UNAVAILABLE)
            return False
        return True

    def _count(self, what: str) -> None:
        state = self._exchange.request.state
        state.counts.keyed(state.route, what)

    def _explain(self, status: int, text: str, what: str) -> None:
        self._count(what)
        exchange = self._exchange
        exchange.spare()
        exchange.client.explain(exchange.request, status, text)

    def _replay(self, stored: Stored) -> None:
        """The first answer once more."""
        self._count("replayed")
        exchange = self._exchange
        request = exchange.request
        request.decision = replace(request.decision, reason=REASON)
        head = ResponseHead(stored.status, stored.reason.encode("latin-1"), True, [])
        head.lines = [stored.lines, REPLAYED]
        head.dated = True
        head.length = len(stored.body)
        data, _chunked, keep = answer_head(request, head, exchange.worker)
        exchange.spare()
        exchange.client.write(data + stored.body)
        exchange.client.done(keep)

    # the memory

    @property
    def _key(self) -> tuple[bytes, bytes]:
        return self._digest, self._fingerprint

    def _end(self, unsure: str) -> None:
        """There is no answer to keep: the key is as new, or unknown at the side that may have done
        it."""
        if unsure:
            self._store(Keys.unknown, *self._key, unsure)
        else:
            self._store(Keys.release, self._digest)

    def _store(self, change: Callable[..., None], *what: object) -> None:
        """Write the last word about the key."""
        self._write(change, *what)
        self._keys = None

    def _write(self, change: Callable[..., None], *what: object) -> None:
        if self._keys is None:
            return
        try:
            change(self._keys, *what)
        except OSError as error:
            log.error("what became of an Idempotency-Key is not kept: %s", error)
