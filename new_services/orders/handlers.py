"""Accepting an order request: once for each key, its saga started, waited for a moment. And what
the owners of customers and goods publish, once legacy's log is no source of them any more.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import asyncpg
import orjson

from chassis.events.inbox import Handlers
from chassis.ownership.closed.followed import closed
from chassis.readmodel.watermark import Watermark
from chassis.saga import State
from chassis.saga.starting import Starter
from contracts.events.envelope import Envelope
from contracts.events.owned import AccountsClosed, CustomerChanged, GoodsClosed, ProductChanged
from contracts.feed.entities import CUSTOMER, PRODUCT
from contracts.feed.facts import Stored
from contracts.orders import OrderRequest
from contracts.record import Customer
from new_services.orders import projections, repository
from new_services.orders.saga import kinds, pricing
from new_services.orders.saga.pricing import UnknownSku


class OtherRequest(Exception):
    """The key was used for another order request before."""


class Behind(Exception):
    """An article is unknown here, and what legacy knew by the time of asking has not arrived."""


@dataclass(frozen=True, slots=True)
class Command:
    """An order request and its origin. `key`: the client's name for it, or empty."""

    customer: Customer
    wanted: OrderRequest
    key: str
    table: str  # version of the routing table

    @property
    def fingerprint(self) -> str:
        """The same for the same order request."""
        raw = orjson.dumps(asdict(self.wanted), option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(raw).hexdigest()


class Handler:
    """Starts sagas for requests."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        starter: Starter,
        new_id: Callable[[], str],
        watermark: Watermark,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._pool = pool
        self._starter = starter
        self._new_id = new_id
        self._watermark = watermark
        self._clock = clock

    async def place(self, command: Command) -> State:
        """The saga after a moment, ended or not. Raises Behind, Busy, OtherRequest."""
        asked = int(self._clock() * 1e6)
        saga_id = await self._named(command)
        request: dict[str, Any] = {
            "wish": asdict(command.wanted),
            "customer": asdict(command.customer),
            "asked": asked,
        }
        try:
            request["amount"] = f"{await pricing.quote(self._pool, command.wanted.lines):.2f}"
        except UnknownSku:  # for the saga to say, once that is certain
            if (
                not await self._watermark.reached(asked)
                and await self._starter.look(saga_id) is None
            ):
                raise Behind from None
        return await self._starter.run(State(saga_id, kinds.PLACE, request, command.table))

    async def _named(self, command: Command) -> str:
        """The id of its saga, by the client's own name for it. Raises OtherRequest."""
        saga_id = self._new_id()
        if command.key:
            who = (command.customer.email, command.key)
            saga_id, fingerprint = await repository.named(
                self._pool, who, command.fingerprint, saga_id
            )
            if fingerprint != command.fingerprint:
                raise OtherRequest
        return saga_id

    async def cancel(self, customer: Customer, order_no: str, table: str) -> State:
        """The saga after a moment, ended or not. Raises Busy."""
        return await self._starter.run(kinds.cancelling(order_no, customer, self._new_id(), table))

    async def recall(self, customer: Customer, saga_id: str) -> State | str | None:
        """The customer wants an order no more that may not be placed yet: its saga afterwards, or
        the number of the order, where it is placed. None: no such saga of this customer's."""
        state = await self.look(saga_id)
        if state is None or state.kind != kinds.PLACE:
            return None
        if state.request["customer"]["email"] != customer.email:
            return None
        written = kinds.outcome(state.results)
        if written is not None:
            return written.order_no
        try:
            return await self._starter.recalled(state)
        except ValueError:  # it has been placed meanwhile
            state = await self.look(saga_id)
            written = kinds.outcome(state.results) if state else None
            return written.order_no if written else state

    async def look(self, saga_id: str) -> State | None:
        """Where it stands."""
        return await self._starter.look(saga_id)


async def customer(connection: asyncpg.Connection, event: CustomerChanged, _: Envelope) -> None:
    """They may order, to this address."""
    names = ("email", "name", "street", "zip", "city")
    fields = {name: getattr(event, name) for name in names}
    fact = Stored(CUSTOMER, event.number, fields, (event.lsn, event.seq))
    await projections.take(connection, fact)


async def product(connection: asyncpg.Connection, event: ProductChanged, _: Envelope) -> None:
    """It is sold at this price."""
    names = ("name", "list_price", "discount_percent", "active")
    fields = {name: getattr(event, name) for name in names}
    await projections.take(
        connection, Stored(PRODUCT, event.number, fields, (event.lsn, event.seq))
    )


HANDLERS: Handlers = {
    CustomerChanged: customer,
    ProductChanged: product,
    AccountsClosed: closed,
    GoodsClosed: closed,
}
