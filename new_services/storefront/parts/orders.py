"""Orders, as pages ask it: what a customer ordered, and the sagas that place and cancel orders.

Every call is made in the customer's name, by what the facade said of who is asking.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from chassis.web import headers
from contracts.orders import KEY_IS_SPENT
from new_services.storefront.parts.part import OK_OR_MISSING, Asking, Away, Part

Json = Mapping[str, Any]
# What an answer to a command may be: done, accepted, refused.
SAID = frozenset({200, 201, 202, 400, 402, 404, 409, 422})


@dataclass(frozen=True, slots=True)
class Order:
    """As pages show it; `order_no` of a pending one is the id of its order request."""

    order_no: str
    status: str
    total: str
    po_number: str
    pay_method: str
    created: datetime  # the shop's wall clock
    lines: tuple[Json, ...]
    ship: Mapping[str, str]
    what: str  # what will happen to a pending one; empty: it is placed
    payments: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Some orders, the newest first; `number` counts from 1."""

    orders: tuple[Order, ...]
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class Progress:
    """What has become of an order request or of a cancellation."""

    id: str
    status: str  # PENDING, DONE, REFUSED, CANCELLED
    order_no: str  # empty: there is none, so far
    what: str  # what will happen, or why it was refused, in words; may be empty


@dataclass(frozen=True, slots=True)
class Said:
    """The answer to a command: an order, or what is known of it so far, or a refusal."""

    status: int
    body: Json

    @property
    def error(self) -> str:
        """Of a refusal."""
        return str(self.body.get("error", ""))


@dataclass(frozen=True, slots=True)
class Orders:
    """Every call raises Away, and Problem where the read model is behind."""

    part: Part

    async def history(self, asking: Asking, wanted: str, page: int) -> Page:
        """A page of them; `wanted` is an order number or the customer's own number."""
        query = urlencode({"q": wanted, "page": page})
        answer = await self.part.get(asking, f"/internal/orders?{query}", asking.customer)
        found = orjson.loads(answer.body)
        orders = tuple(_order(each) for each in found["orders"])
        return Page(orders, found["page"], found["pages"])

    async def one(self, asking: Asking, order_no: str) -> Order | None:
        """With its payments; None: the customer has no such order."""
        path = f"/internal/orders/{_segment(order_no)}"
        answer = await self.part.get(asking, path, asking.customer, OK_OR_MISSING)
        if answer.status != 200:
            return None
        found = orjson.loads(answer.body)
        return _order(found["order"], tuple(found["payments"]))

    async def place(self, asking: Asking, wanted: Json, key: str) -> Said:
        """Order it, once for each key; an empty one is none."""
        more = {**asking.customer, **({headers.IDEMPOTENCY_KEY: key} if key else {})}
        try:
            answer = await self.part.post(asking, "/api/orders", wanted, more, SAID)
        except Away as error:
            if KEY_IS_SPENT.encode() in error.body:
                return Said(503, {"error": KEY_IS_SPENT})
            raise
        return Said(answer.status, orjson.loads(answer.body))

    async def cancel(self, asking: Asking, order_no: str) -> Said:
        """Cancel an order that is placed or pending."""
        return await self._command(asking, f"/api/orders/{_segment(order_no)}/cancel")

    async def recall(self, asking: Asking, request: str) -> Said:
        """Cancel what an order request brought about, or is about to."""
        return await self._command(asking, f"/api/order-requests/{_segment(request)}/cancel")

    async def progress(self, asking: Asking, request: str) -> Progress | None:
        """None: the customer has made no such request."""
        path = f"/api/order-requests/{_segment(request)}"
        answer = await self.part.get(asking, path, asking.customer, OK_OR_MISSING)
        return _progress(orjson.loads(answer.body)) if answer.status == 200 else None

    async def _command(self, asking: Asking, path: str) -> Said:
        answer = await self.part.post(asking, path, None, asking.customer, SAID)
        return Said(answer.status, orjson.loads(answer.body))


def _segment(text: str) -> str:
    return quote(text, safe=":")


def _order(found: Json, payments: tuple[Mapping[str, str], ...] = ()) -> Order:
    return Order(
        order_no=found["order_no"],
        status=found["status"],
        total=found["total"],
        po_number=found["po_number"] or "",
        pay_method=found["pay_method"],
        created=datetime.fromisoformat(found["created"]),
        lines=tuple(found["lines"]),
        ship=found["ship"],
        what=found.get("pending", {}).get("what", ""),
        payments=payments,
    )


def _progress(found: Json) -> Progress:
    what = found.get("pending", {}).get("what", "") or found.get("reason", {}).get("error", "")
    return Progress(found["id"], found["status"], found.get("order_no", ""), what)
