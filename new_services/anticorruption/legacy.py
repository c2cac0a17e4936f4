"""The monolith as a system of record: its JSON API, called in the name of the customer.

Every call goes through a breaker. Reads are repeated once; writes never: what they may have done
is found out by the mark in the purchase-order field. An order is sent in two halves (HttpClient),
so that one which waited in vain for a worker of the monolith has certainly done nothing.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import quote

import orjson
from joserfc.jwk import OKPKey

from chassis.web.client import Answer, Request
from contracts.mark import fits, mark
from contracts.orders import Order, OrderRequest
from contracts.record import Customer, RecordAway, RecordRefused, RecordSilent
from new_services.anticorruption.calls import Calls, Limits, Wire
from new_services.anticorruption.orders import (
    NotAnOrder,
    order_from_legacy,
    order_request_to_legacy,
)


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
        self._calls = Calls(client, key, limits, clock, chance)
        self._chance = chance
        self._pause = pause
        self.guards = self._calls.guards

    def accepts(self, wanted: OrderRequest) -> bool:
        """See SystemOfRecord: the customer's own text must leave room for our mark."""
        return fits(wanted.po_number)

    async def place(
        self, customer: Customer, wanted: OrderRequest, saga_id: str, until: float
    ) -> Order:
        body = orjson.dumps(order_request_to_legacy(wanted, saga_id))
        headers = self._headers(customer)

        def request() -> Request:
            # The turn has come: what is left of the lease is for this attempt.
            limit = self._calls.left(until)
            return Request("POST", "/api/orders", headers, body, limit, guarded=True)

        return _order(await self._calls.call("write", request), 201)

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
        rest = self._calls.limits.under_way - age
        if not found and rest > 0:
            raise RecordAway("not found, but it may still be under way", min(rest, 1.0), ours=True)
        return found

    async def cancel(self, customer: Customer, order_no: str) -> Order:
        path = f"/api/orders/{quote(order_no, safe='')}/cancel"
        # In one piece: the monolith does not read a body here, so two halves would prove nothing.
        request = Request("POST", path, self._headers(customer), timeout=self._calls.limits.write)
        return _order(await self._calls.call("write", lambda: request), 200)

    async def look(self, customer: Customer, order_no: str) -> Order | None:
        answer = await self._read(customer, f"/api/orders/{quote(order_no, safe='')}")
        return None if answer.status == 404 else _order(answer, 200)

    def _headers(self, customer: Customer) -> dict[str, str]:
        session = self._calls.session(customer)
        return {"cookie": session.cookie, "content-type": "application/json"}

    async def _read(self, customer: Customer, path: str) -> Answer:
        request = Request("GET", path, self._headers(customer), timeout=self._calls.limits.read)
        try:
            return await self._calls.call("read", lambda: request)
        except (RecordSilent, RecordAway):
            await self._pause(0.05 * (1 + self._chance()))
        try:
            return await self._calls.call("read", lambda: request)
        except RecordSilent as error:
            raise RecordAway(str(error), answered=error.answered) from error


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
