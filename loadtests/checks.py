"""What must be true of the shop's JSON answers, as pure functions: Answer → what was learned.

Each raises `Wrong` with the reason in a few words; the reasons end up in the report of a run, so
they name the field and both values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from loadtests.answer import Answer, Wrong

MONEY = re.compile(r"-?\d+\.\d\d")
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Listing:
    """A page of products: what a person sees of it and may click next."""

    skus: tuple[str, ...]
    names: Mapping[str, str]
    page: int
    pages: int
    total: int


@dataclass(frozen=True)
class Product:
    """One product's page in the app; `variants` are (sku, stock) of what can be ordered."""

    sku: str
    name: str
    variants: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Order:
    """An order as the shop confirmed it."""

    number: str
    total: Decimal
    status: str


@dataclass(frozen=True)
class Pending:
    """Accepted, and not done yet; `path` is the place to look."""

    path: str


@dataclass(frozen=True)
class Refusal:
    """A business reason: there is no order, and nothing is taken."""

    why: str


REFUSALS = {402: "payment declined", 409: "out of stock"}


def money(value: object, where: str) -> Decimal:
    """A price as this shop writes it: a string with two decimals."""
    if not isinstance(value, str) or not MONEY.fullmatch(value):
        raise Wrong(f"{where} is {value!r}, not money with two decimals")
    return Decimal(value)


def discounted(list_price: Decimal, percent: str) -> Decimal:
    """What a customer pays: the discount taken off, rounded half up to the cent."""
    share = (100 - Decimal(percent or "0")) / 100
    return (list_price * share).quantize(CENT, ROUND_HALF_UP)


def same(actual: object, expected: object, where: str) -> None:
    """Raise Wrong, with both values, when they differ."""
    if actual != expected:
        raise Wrong(f"{where} is {actual!r} instead of {expected!r}")


def priced_rightly(entry: Mapping[str, Any], where: str) -> Decimal:
    """The price asked must follow from the list price and the discount shown beside it."""
    price = money(entry.get("price"), f"{where}.price")
    list_price = money(entry.get("list_price"), f"{where}.list_price")
    percent = entry.get("discount_pct") or ""
    same(price, discounted(list_price, percent), f"{where}.price (of {list_price}, -{percent} %)")
    return price


def listing(answer: Answer, page: int = 1, per_page: int = 24, sort: str = "name") -> Listing:
    """A page of products as asked for: right page, right length, right prices, right order."""
    body = answer.json()
    same(body.get("page"), page, "page")
    same(body.get("per_page"), per_page, "per_page")
    total, products = body.get("total"), body.get("products")
    if not isinstance(total, int) or not isinstance(products, list):
        raise Wrong("total or products missing")
    same(body.get("pages"), -(-total // per_page), f"pages (of {total} products)")
    same(len(products), max(0, min(per_page, total - (page - 1) * per_page)), "products on page")
    prices = [priced_rightly(entry, f"products[{n}]") for n, entry in enumerate(products)]
    if sort in ("price", "-price"):
        same(prices, sorted(prices, reverse=sort == "-price"), f"order of prices (sort={sort})")
    names = {str(entry["sku"]): str(entry["name"]) for entry in products}
    same(len(names), len(products), "distinct skus on page")
    return Listing(tuple(names), names, page, body["pages"], total)


def unknown_category(answer: Answer) -> None:
    """The old shop refuses with status 200; each side has to do so."""
    body = answer.json()
    same(body.get("error"), "unknown category", "error")
    same((body.get("products"), body.get("total")), ([], 0), "products and total")


def categories(answer: Answer) -> tuple[str, ...]:
    """The codes of all categories, in the shop's order; every parent must be one of them."""
    entries = answer.json().get("categories")
    if not isinstance(entries, list) or not entries:
        raise Wrong("no categories")
    codes = tuple(str(entry.get("code")) for entry in entries)
    same(len(set(codes)), len(codes), "distinct category codes")
    for entry in entries:
        if entry.get("parent") is not None and entry["parent"] not in codes:
            raise Wrong(f"category {entry['code']} has the unknown parent {entry['parent']!r}")
        if not isinstance(entry.get("count"), int) or entry["count"] < 0:
            raise Wrong(f"category {entry['code']} counts {entry.get('count')!r} products")
    return codes


def product(answer: Answer, sku: str) -> Product:
    """The product asked for, with a price that follows from its parts and a stock that adds up."""
    body = answer.json()
    same(body.get("sku"), sku.upper(), "sku")
    same(body.get("currency"), "EUR", "currency")
    priced_rightly(body, "product")
    variants = body.get("variants")
    if not isinstance(variants, list) or not body.get("name"):
        raise Wrong("name or variants missing")
    for entry in variants:
        money(entry.get("price"), f"variant {entry.get('sku')}.price")
    stocks = tuple((str(entry["sku"]), int(entry["stock"])) for entry in variants)
    same(body.get("stock"), sum(stock for _, stock in stocks), "stock (sum of the variants)")
    return Product(str(body["sku"]), str(body["name"]), stocks)


def no_such_product(answer: Answer, sku: str) -> None:
    """A mistyped number gets a 404 that repeats it."""
    body = answer.json(404)
    same(body, {"error": "product not found", "sku": sku.upper()}, "body")


def stock(answer: Answer, sku: str) -> int:
    """Pieces of a variant on the shelf."""
    body = answer.json()
    same(body.get("sku"), sku.upper(), "sku")
    pieces = body.get("stock")
    if not isinstance(pieces, int) or pieces < 0:
        raise Wrong(f"stock is {pieces!r}")
    same(body.get("in_stock"), "Y" if pieces else "N", f"in_stock (of {pieces})")
    return pieces


def logged_in(answer: Answer) -> None:
    """The old shop says 200 to a wrong password as well; only ok=Y is a login."""
    same(answer.json().get("ok"), "Y", "login ok")


def whoami(answer: Answer, email: str) -> None:
    """The session belongs to the person who logged in, and to nobody else."""
    same(answer.json().get("email"), email, "me.email")


def order_placed(answer: Answer, asked: Mapping[str, int]) -> Order | Pending | Refusal:
    """The order as asked; or it is accepted for later; or honestly refused."""
    if answer.status in REFUSALS:
        same(answer.json(answer.status).get("error"), REFUSALS[answer.status], "error")
        return Refusal(REFUSALS[answer.status])
    if answer.status == 202:
        return accepted(answer)
    body = answer.json(201)
    same(lines_of(body), dict(asked), "lines")
    return _order(body)


def accepted(answer: Answer) -> Pending:
    """Accepted for later, with a place to look."""
    same(answer.json(202).get("status"), "PENDING", "status")
    path = answer.headers.get("location", "")
    if not path.startswith("/api/order-requests/"):
        raise Wrong(f"202 with the place to look {path!r}")
    return Pending(path)


def request_looked_up(answer: Answer, pending: Pending, in_time: bool) -> Order | Pending | Refusal:
    """What has become of an accepted order; it must not be pending for ever."""
    body = answer.json()
    status = body.get("status")
    if status == "DONE":
        return _order(body["order"])
    if status == "REFUSED":
        why = str((body.get("reason") or {}).get("error"))
        if why not in REFUSALS.values():
            raise Wrong(f"{pending.path} was refused at last: {why}")
        return Refusal(why)
    same(status, "PENDING", "status")
    if not in_time:
        raise Wrong(f"{pending.path} is still pending")
    return pending


def lines_of(body: Mapping[str, Any]) -> dict[str, int]:
    """Quantity by sku."""
    return {str(line["sku"]): int(line["qty"]) for line in body.get("lines", [])}


def order(answer: Answer, expected: Order) -> Order:
    """An order read again: the same number and the same money."""
    body = answer.json()
    same(body.get("order_no"), expected.number, "order_no")
    found = _order(body)
    same(found.total, expected.total, "total")
    return found


def order_cancelled(answer: Answer, number: str) -> Pending | None:
    """Cancelled by its owner before it was shipped; or it will be, when legacy is back."""
    if answer.status == 202:
        return accepted(answer)
    body = answer.json()
    same((body.get("order_no"), body.get("status")), (number, "CANCELLED"), "order_no and status")
    return None


def own_orders(answer: Answer) -> list[Any]:
    """The customer's history, whatever is in it."""
    orders = answer.json().get("orders")
    if not isinstance(orders, list):
        raise Wrong("orders missing")
    return orders


def order_history(answer: Answer, number: str) -> None:
    """The own order must be found in the history, newest first."""
    numbers = [str(entry.get("order_no")) for entry in own_orders(answer)]
    if number not in numbers:
        raise Wrong(f"own order {number} is not in the history {numbers[:3]}")


def _order(body: Mapping[str, Any]) -> Order:
    total = money(body.get("total"), "total")
    same(total, _sum(body.get("lines", [])), "total (sum of the lines)")
    return Order(str(body.get("order_no")), total, str(body.get("status")))


def _sum(lines: Iterable[Mapping[str, Any]]) -> Decimal:
    """Quantity times price over all lines."""
    return sum((line["qty"] * money(line.get("price"), "line.price") for line in lines), Decimal())
