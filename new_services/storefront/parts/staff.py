"""What the back office asks: goods as they were typed, the stock's ledger, and the sales."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from new_services.storefront.parts.part import OK_OR_MISSING, Asking, Away, Part

Json = Mapping[str, Any]
OK_OR_BEYOND = frozenset({200, 422})


@dataclass(frozen=True, slots=True)
class Articles:
    """A page of articles; `number` counts from 1."""

    articles: tuple[Json, ...]  # sku, name, price, discount, active, discontinued, stock
    total: int
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class Movement:
    """An entry of the stock's ledger; `created` is the shop's wall clock."""

    sku: str
    change: int
    reason: str
    order_no: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Shelf:
    """Of one article: pieces by variant, and the newest movements, the newest first."""

    stock: Mapping[str, int]
    movements: tuple[Movement, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """As it was typed; of its stock None where the inventory is away."""

    sku: str
    name: str
    price: str
    discount: str
    active: bool
    discontinued: bool
    updated: datetime
    variants: tuple[Json, ...]  # sku, colour, size, active
    shelf: Shelf | None


@dataclass(frozen=True, slots=True)
class Sold:
    """What one category brought in; money in euros."""

    name: str
    orders: int
    pieces: int
    revenue: Decimal
    cancelled: Decimal


@dataclass(frozen=True, slots=True)
class Report:
    """From the first day to the last, both included; the best category first."""

    first: date
    last: date
    rows: tuple[Sold, ...]
    total: str


@dataclass(frozen=True, slots=True)
class Lines:
    """Some single sales of these days; `after`: where the next ones begin, None: no more."""

    first: date
    last: date
    rows: tuple[tuple[str, ...], ...]
    after: int | None


class NoSuchDays(Exception):
    """The calendar ends before the days that were asked for."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Every call raises Away, and Problem where a read model is behind."""

    catalog: Part
    inventory: Part
    sales: Part

    async def articles(self, asking: Asking, wanted: str, page: int) -> Articles:
        """Those whose name or number contains `wanted`; beyond the last page, the last one."""
        query = urlencode({"q": wanted, "page": page})
        found = orjson.loads((await self.catalog.get(asking, f"/internal/articles?{query}")).body)
        return Articles(tuple(found["articles"]), found["total"], found["page"], found["pages"])

    async def article(self, asking: Asking, sku: str) -> Article | None:
        """With its stock, where that can be asked."""
        name = quote(sku, safe="")
        answer, shelf = await asyncio.gather(
            self.catalog.get(asking, f"/internal/articles/{name}", known=OK_OR_MISSING),
            self._shelf(asking, name),
        )
        if answer.status != 200:
            return None
        found = orjson.loads(answer.body)
        updated = datetime.fromisoformat(found.pop("updated"))
        variants = tuple(found.pop("variants"))
        return Article(**found, updated=updated, variants=variants, shelf=shelf)

    async def _shelf(self, asking: Asking, name: str) -> Shelf | None:
        try:
            answer = await self.inventory.get(asking, f"/internal/shelves/{name}")
        except Away:
            return None
        found = orjson.loads(answer.body)
        return Shelf(found["stock"], tuple(_movement(each) for each in found["movements"]))

    async def report(self, asking: Asking, first: str, last: str) -> Report:
        """Over the days as they were typed. Raises NoSuchDays."""
        found = await self._sales(asking, "report", {"from": first, "to": last})
        rows = tuple(_sold(each) for each in found["rows"])
        return Report(*_days(found), rows, found["total"])

    async def lines(self, asking: Asking, first: str, last: str, after: int = 0) -> Lines:
        """Single sales of the same days. Raises NoSuchDays."""
        query = {"from": first, "to": last, "after": str(after)}
        found = await self._sales(asking, "lines", query)
        rows = tuple(tuple(each) for each in found["lines"])
        return Lines(*_days(found), rows, found["after"])

    async def all_lines(self, asking: Asking, begin: Lines) -> AsyncIterator[Lines]:
        """The part that is known, and all behind it, as they come."""
        part = begin
        yield part
        while part.after is not None:
            days = part.first.isoformat(), part.last.isoformat()
            part = await self.lines(asking, *days, part.after)
            yield part

    async def _sales(self, asking: Asking, what: str, query: Mapping[str, str]) -> Json:
        path = f"/internal/{what}?{urlencode(query)}"
        answer = await self.sales.get(asking, path, known=OK_OR_BEYOND)
        if answer.status == 422:
            raise NoSuchDays
        found: Json = orjson.loads(answer.body)
        return found


def _days(found: Json) -> tuple[date, date]:
    return date.fromisoformat(found["first"]), date.fromisoformat(found["last"])


def _movement(found: Json) -> Movement:
    created = datetime.fromisoformat(found["created"])
    order_no = found["order_no"] or ""
    return Movement(found["sku"], found["change"], found["reason"], order_no, created)


def _sold(found: Json) -> Sold:
    money = Decimal(found["revenue"]), Decimal(found["cancelled"])
    return Sold(found["name"], found["orders"], found["pieces"], *money)
