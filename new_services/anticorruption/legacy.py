"""The monolith as a system of record: its JSON API, called in the name of the customer.

Every call goes through a breaker. Reads are repeated once; writes never: what they may have done
is found out by the mark in the purchase-order field. An order is sent in two halves (HttpClient),
so that one which waited in vain for a worker of the monolith has certainly done nothing.

What the monolith began, it ends within `Limits.settle`, because its database ends it otherwise: the
monolith's role waits for locks, and idles in a transaction, for less (`fig.stack.databases`).
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

import orjson
from joserfc.jwk import OKPKey

from chassis.breaker.circuit import BreakerSettings
from chassis.breaker.guard import Guard, Held
from chassis.web.client import QUEUE_SECONDS, Answer, NoAnswer, NotSent, NoTurn, Request
from chassis.web.sealed import NotSealed, unseal
from contracts.mark import fits, mark
from contracts.orders import Order, OrderRequest
from contracts.record import Customer, RecordAway, RecordRefused, RecordSilent
from new_services.anticorruption.orders import (
    NotAnOrder,
    order_from_legacy,
    order_request_to_legacy,
)

WRITE = BreakerSettings(slow_call=4.0, minimum_calls=6, open_for=2.0, probes=2, probe_timeout=5.0)
READ = BreakerSettings(slow_call=2.0, minimum_calls=6, open_for=2.0, probes=2)
LATER = frozenset({408, 425, 429})  # "not now": nothing was done, and a refusal it is not
MOST_RETRY_AFTER = 60.0


class Wire(Protocol):
    """See HttpClient."""

    def turn(self) -> AbstractAsyncContextManager[None]:
        """A turn among our own calls."""

    async def exchange(self, request: Request) -> Answer:
        """One exchange."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds."""

    queue: float = QUEUE_SECONDS
    write: float = 5.0
    read: float = 1.5
    # How long a write that was given up may still be under way inside the monolith: it waits for
    # locks on stock there. Only after that is "not found" believed.
    settle: float = 8.0

    @property
    def under_way(self) -> float:
        """From the beginning of a write to when it has surely had its effect, or never will."""
        return self.queue + self.write + self.settle


class Legacy:
    """See SystemOfRecord. `clock` is monotonic."""

    def __init__(
        self,
        client: Wire,
        key: OKPKey,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._key = key
        self._limits = limits or Limits()
        self._clock = clock
        self._chance = chance
        self._pause = pause
        failures = (NotSent, NoAnswer)
        self.guards = {
            kind: Guard(f"legacy ({kind})", settings, failures, clock, chance)
            for kind, settings in (("write", WRITE), ("read", READ))
        }

    def accepts(self, wanted: OrderRequest) -> bool:
        """See SystemOfRecord: the customer's own text must leave room for our mark."""
        return fits(wanted.po_number)

    async def place(
        self, customer: Customer, wanted: OrderRequest, saga_id: str, until: float
    ) -> Order:
        """See SystemOfRecord."""
        body = orjson.dumps(order_request_to_legacy(wanted, saga_id))
        headers = self._headers(customer)

        def request() -> Request:
            # The turn has come: what is left of the lease is for this attempt.
            limit = min(self._limits.write, until - self._clock())
            if limit <= 0:
                raise RecordAway("the saga may be in other hands by now", ours=True)
            return Request("POST", "/api/orders", headers, body, limit, guarded=True)

        return _order(await self._call("write", request), 201)

    async def find(
        self, customer: Customer, wanted: OrderRequest, saga_id: str, age: float
    ) -> Sequence[Order]:
        """See SystemOfRecord: the monolith finds orders by exactly their purchase-order number."""
        number = quote(mark(wanted.po_number, saga_id), safe="")
        answer = await self._read(customer, f"/api/orders?po_number={number}&per_page=100")
        body = _body(answer)
        if answer.status != 200:
            raise _refusal(answer, body)
        try:
            found = [order_from_legacy(each) for each in reversed(body["orders"])]
        except (NotAnOrder, KeyError, TypeError) as error:
            raise RecordSilent(f"legacy answered no orders: {error}", answered=True) from error
        rest = self._limits.under_way - age
        if not found and rest > 0:
            raise RecordAway("not found, but it may still be under way", min(rest, 1.0), ours=True)
        return found

    async def cancel(self, customer: Customer, order_no: str) -> Order:
        """See SystemOfRecord."""
        path = f"/api/orders/{quote(order_no, safe='')}/cancel"
        # In one piece: the monolith does not read a body here, so two halves would prove nothing.
        request = Request("POST", path, self._headers(customer), timeout=self._limits.write)
        return _order(await self._call("write", lambda: request), 200)

    async def look(self, customer: Customer, order_no: str) -> Order | None:
        """See SystemOfRecord."""
        answer = await self._read(customer, f"/api/orders/{quote(order_no, safe='')}")
        return None if answer.status == 404 else _order(answer, 200)

    def _headers(self, customer: Customer) -> dict[str, str]:
        """The only place where a customer's session is opened."""
        try:
            session = unseal(self._key, customer.session, customer.email)
        except NotSealed as error:
            raise RecordRefused(401, {"error": "not logged in"}) from error
        return {"cookie": session.cookie, "content-type": "application/json"}

    async def _read(self, customer: Customer, path: str) -> Answer:
        request = Request("GET", path, self._headers(customer), timeout=self._limits.read)
        try:
            return await self._call("read", lambda: request)
        except (RecordSilent, RecordAway):
            await self._pause(0.05 * (1 + self._chance()))
        try:
            return await self._call("read", lambda: request)
        except RecordSilent as error:
            raise RecordAway(str(error), answered=error.answered) from error

    async def _call(self, kind: str, request: Callable[[], Request]) -> Answer:
        """Through the breaker, once it is our turn. Raises RecordAway, RecordSilent."""
        guard = self.guards[kind]
        try:
            async with self._client.turn():
                asked = request()
                answer = await guard.call(lambda: self._client.exchange(asked), _is_failure)
        except Held as error:
            raise RecordAway(str(error), error.after) from error
        except NotSent as error:
            raise RecordAway(str(error), ours=isinstance(error, NoTurn)) from error
        except NoAnswer as error:
            raise RecordSilent(str(error)) from error
        if _is_failure(answer):
            raise RecordSilent(f"legacy answered {answer.status}", answered=True)
        if answer.status in LATER:
            after = _retry_after(answer)
            raise RecordAway(f"legacy answered {answer.status}", after, answered=True)
        return answer


def _is_failure(answer: Answer) -> bool:
    return answer.status >= 500


def _retry_after(answer: Answer) -> float:
    """In seconds; a date is as good as nothing."""
    given = answer.headers.get("retry-after", "")
    return min(MOST_RETRY_AFTER, float(given)) if given.isdecimal() else 0.0


def _body(answer: Answer) -> Any:
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError as error:
        said = f"legacy answered {answer.status}, and no JSON"
        raise RecordSilent(said, answered=True) from error


def _refusal(answer: Answer, body: Any) -> Exception:
    if 400 <= answer.status < 500 and isinstance(body, dict):
        return RecordRefused(answer.status, body)
    return RecordSilent(f"legacy answered {answer.status}", answered=True)


def _order(answer: Answer, expected: int) -> Order:
    """The order in the answer, or the refusal in it."""
    body = _body(answer)
    if answer.status != expected:
        raise _refusal(answer, body)
    try:
        return order_from_legacy(body)
    except NotAnOrder as error:
        raise RecordSilent(str(error), answered=True) from error
