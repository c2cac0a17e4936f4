"""A customer's orders, placed and pending; and what the storefront's pages show of them.

For the storefront alone: `/internal/orders?q=&page=` and `/internal/orders/{order_no}`. Both need
the customer's token, as the public paths do.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import orjson
from fastapi import FastAPI, Request

from chassis.readmodel.projection import Fresh, fresh
from chassis.readmodel.watermark import Watermark
from chassis.web.app import JsonBytes, in_json
from chassis.web.identity import Identity
from chassis.web.reading import whole_number
from new_services.orders import views
from new_services.orders.customer import answers, pending
from new_services.orders.views import Page, Wanted


async def page(
    pool: asyncpg.Pool, zone: ZoneInfo, email: str, asked: Page, as_of: Fresh
) -> tuple[list[str], int]:
    """The documents of a page, and how many orders there are in all; what is pending comes first,
    as the newest."""
    waiting = await pending.of_customer(pool, email, asked.wanted)
    total = await views.count(pool, email, asked.wanted)
    first = waiting[asked.offset : asked.offset + asked.limit]
    documents = await pending.shown(pool, first, zone)
    rest, skip = asked.limit - len(first), max(0, asked.offset - len(waiting))
    if rest and skip < total:
        documents += await views.mine(pool, as_of.micros, email, asked.wanted, (rest, skip))
    return documents, total + len(waiting)


async def one(
    pool: asyncpg.Pool, zone: ZoneInfo, email: str, order_no: str, as_of: Fresh
) -> str | None:
    """The document of an order, of a pending one by its saga's id; None: no such order."""
    document = await views.one(pool, as_of.micros, order_no, email)
    if document is not None:
        return document
    waiting = await pending.of_customer(pool, email, None)
    found = [each for each in waiting if each.state.saga_id == order_no]
    return (await pending.shown(pool, found, zone))[0] if found else None


def first_payment(order: Mapping[str, Any]) -> dict[str, str]:
    """The payment that the shop makes with an order, until the feed has it."""
    status = "CAPTURED" if order["pay_method"] == "card" else "AUTH"
    return {
        "amount": order["total"],
        "method": order["pay_method"],
        "status": "REFUNDED" if order["status"] == "CANCELLED" else status,
    }


@dataclass(frozen=True, slots=True)
class History:
    pool: asyncpg.Pool
    watermark: Watermark
    zone: ZoneInfo  # of the shop's clock
    identity: Callable[[Request], Awaitable[Identity]]

    def register(self, app: FastAPI) -> None:
        app.add_api_route("/internal/orders", self.orders, methods=["GET"])
        app.add_api_route("/internal/orders/{order_no:path}", self.order, methods=["GET"])

    async def orders(self, request: Request) -> JsonBytes:
        """A page of them, newest first; beyond the last page, the last one. `q` is an order number
        or the customer's own number."""
        identity = await self.identity(request)
        as_of = await fresh(request, self.watermark)
        query = request.query_params.get("q", "")
        asked = Page(
            whole_number(request.query_params.get("page"), 1),
            wanted=Wanted(query, query.upper()) if query else None,
        )
        documents, total = await page(self.pool, self.zone, identity.email, asked, as_of)
        if not documents and total:
            asked = replace(asked, number=-(-total // asked.limit))
            documents, total = await page(self.pool, self.zone, identity.email, asked, as_of)
        return as_of.stamp(JsonBytes(answers.page_body(documents, asked, total)))

    async def order(self, request: Request, order_no: str) -> JsonBytes:
        """One with its payments; a pending one has none."""
        identity = await self.identity(request)
        as_of = await fresh(request, self.watermark)
        wanted = order_no.upper()
        document = await one(self.pool, self.zone, identity.email, wanted, as_of)
        if document is None:
            return answers.not_found(wanted)
        order = orjson.loads(document)
        payments = await views.payments(self.pool, as_of.micros, wanted)
        if payments is None:
            payments = [] if "pending" in order else [first_payment(order)]
        return as_of.stamp(in_json({"order": order, "payments": payments}))
