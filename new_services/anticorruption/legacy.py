"""The monolith as a system of record: its JSON API, called in the name of the customer.

Every call goes through a breaker. Reads are repeated once; writes never: what they may have done
is found out by the mark in the purchase-order field. An order is sent in two halves (HttpClient),
so that one which waited in vain for a worker of the monolith has certainly done nothing.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import quote

import orjson
from joserfc.jwk import OKPKey

from chassis.breaker.circuit import REFUSED, Breaker, BreakerSettings, Outcome
from chassis.web.client import Answer, HttpClient, NoAnswer, NotSent, Request
from chassis.web.sealed import NotSealed, unseal
from contracts.mark import fits, mark
from contracts.orders import Customer, Order, RecordAway, RecordRefused, RecordSilent, Wish
from new_services.anticorruption.orders import NotAnOrder, order_from_legacy, wish_to_legacy

WRITE = BreakerSettings(slow_call=4.0, minimum_calls=6, open_for=2.0, probes=2, probe_timeout=5.0)
READ = BreakerSettings(slow_call=2.0, minimum_calls=6, open_for=2.0, probes=2)


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds."""

    write: float = 5.0
    read: float = 1.5
    # How long a write that was given up may still be under way inside the monolith: it waits for
    # locks on stock there. Only after that is "not found" believed.
    settle: float = 8.0


class Legacy:
    """See SystemOfRecord."""

    def __init__(
        self,
        client: HttpClient,
        key: OKPKey,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._client = client
        self._key = key
        self._limits = limits or Limits()
        self._clock = clock
        self._chance = chance
        self.breakers = {"write": Breaker(WRITE), "read": Breaker(READ)}

    def accepts(self, wish: Wish) -> bool:
        """See SystemOfRecord: the customer's own text must leave room for our mark."""
        return fits(wish.po_number)

    async def place(self, customer: Customer, wish: Wish, saga_id: str, until: float) -> Order:
        """See SystemOfRecord."""
        body = orjson.dumps(wish_to_legacy(wish, saga_id))
        limit = min(self._limits.write, until - self._clock())
        if limit <= 0:
            raise RecordAway("the saga may be in other hands by now")
        request = Request("POST", "/api/orders", self._headers(customer), body, limit, True)
        return _order(await self._call("write", request), 201)

    async def find(
        self, customer: Customer, wish: Wish, saga_id: str, tried: float
    ) -> Order | None:
        """See SystemOfRecord: the monolith finds orders by exactly their purchase-order number."""
        number = quote(mark(wish.po_number, saga_id), safe="")
        answer = await self._read(customer, f"/api/orders?po_number={number}")
        if answer.status != 200:
            raise RecordSilent(f"asked for the order, it answered {answer.status}")
        found = orjson.loads(answer.body)["orders"]
        if found:
            return order_from_legacy(found[-1])  # the first one, should there be more
        rest = tried + self._limits.write + self._limits.settle - self._clock()
        if rest > 0:
            raise RecordAway("not found, but it may still be under way", min(rest, 1.0))
        return None

    async def cancel(self, customer: Customer, order_no: str) -> Order:
        """See SystemOfRecord."""
        path = f"/api/orders/{quote(order_no, safe='')}/cancel"
        # In one piece: the monolith does not read a body here, so two halves would prove nothing.
        request = Request("POST", path, self._headers(customer), timeout=self._limits.write)
        return _order(await self._call("write", request), 200)

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
            return await self._call("read", request)
        except (RecordSilent, RecordAway):
            await asyncio.sleep(0.05 * (1 + self._chance()))
        try:
            return await self._call("read", request)
        except RecordSilent as error:
            raise RecordAway(str(error)) from error

    async def _call(self, kind: str, request: Request) -> Answer:
        """Through the breaker. Raises RecordAway, RecordSilent; statuses from 500 are silence."""
        answer = await self._guarded(kind, lambda: self._client.send(request))
        if answer.status >= 500:
            raise RecordSilent(f"legacy answered {answer.status}")
        return answer

    async def _guarded(self, kind: str, call: Callable[[], Awaitable[Answer]]) -> Answer:
        breaker = self.breakers[kind]
        began = time.monotonic()
        permit = breaker.acquire(began, self._chance())
        if permit == REFUSED:
            raise RecordAway(f"the breaker toward legacy ({kind}) is {breaker.state}", 1.0)
        outcome = Outcome.CANCELLED
        try:
            answer = await call()
            outcome = Outcome.FAILURE if answer.status >= 500 else Outcome.SUCCESS
        except NotSent as error:
            outcome = Outcome.FAILURE
            raise RecordAway(str(error)) from error
        except NoAnswer as error:
            outcome = Outcome.FAILURE
            raise RecordSilent(str(error)) from error
        finally:
            now = time.monotonic()
            breaker.release(permit, outcome, now, now - began)
        return answer


def _order(answer: Answer, expected: int) -> Order:
    """The order in the answer, or the refusal in it."""
    try:
        body = orjson.loads(answer.body)
    except orjson.JSONDecodeError as error:
        raise RecordSilent(f"legacy answered {answer.status}, and no JSON") from error
    if answer.status == expected:
        try:
            return order_from_legacy(body)
        except NotAnOrder as error:
            raise RecordSilent(str(error)) from error
    if 400 <= answer.status < 500 and isinstance(body, dict):
        raise RecordRefused(answer.status, body)
    raise RecordSilent(f"legacy answered {answer.status}")
