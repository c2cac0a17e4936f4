"""The sales report. It is slow: it asks for each order, each line and each product by itself.

In 2016 there were forty orders a month. Somebody will rewrite it as one statement some day.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from legacy_monolith.models import Category, Order, Product, Variant
from legacy_monolith.shop.money import amount

DAYS = 365


@dataclass
class Row:
    """What one category brought in."""

    code: str
    name: str
    orders: set[str] = field(default_factory=set)
    pieces: int = 0
    revenue: Decimal = Decimal()
    cancelled: Decimal = Decimal()


@dataclass(frozen=True)
class Period:
    """From the first day to the last, both included."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time())

    @property
    def end(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time())


def period(session: Session, first: str, last: str, today: date) -> Period:
    """As asked (`YYYY-MM-DD`); otherwise the year up to the newest order."""
    end = _day(last)
    if end is None:
        newest = session.scalar(select(func.max(Order.created)))
        end = newest.date() if newest else today
    return Period(_day(first) or end - timedelta(days=DAYS - 1), end)


def report(session: Session, span: Period) -> list[Row]:
    """One row per category that sold something, the best first."""
    rows: dict[str, Row] = {}
    for order_id in _orders(session, span):
        order = session.get(Order, order_id)
        if order is None:
            continue
        for line in order.lines:
            row = _row(session, rows, line.sku)
            if order.status == "CANCELLED":
                row.cancelled += amount(line.price) * line.qty
                continue
            row.orders.add(order.order_no)
            row.pieces += line.qty
            row.revenue += amount(line.price) * line.qty
        session.expunge_all()  # else the report once filled the server's memory
    return sorted(rows.values(), key=lambda row: (-row.revenue, row.code))


def lines(session: Session, span: Period) -> Iterator[tuple[str, ...]]:
    """The same sales line by line, for the spreadsheet; the first line names the columns."""
    yield ("order", "date", "status", "customer", "sku", "article", "pieces", "price", "sum")
    for order_id in _orders(session, span):
        order = session.get(Order, order_id)
        if order is None:
            continue
        day = order.created.strftime("%d.%m.%Y")
        for line in order.lines:
            head = (order.order_no, day, order.status, order.customer.email)
            total = str(amount(line.price) * line.qty)
            yield (*head, line.sku, line.name, str(line.qty), line.price, total)
        session.expunge_all()


def _orders(session: Session, span: Period) -> list[int]:
    ids = select(Order.id).where(Order.created >= span.start, Order.created < span.end)
    return list(session.scalars(ids.order_by(Order.id)))


def _row(session: Session, rows: dict[str, Row], sku: str) -> Row:
    variant = session.scalar(select(Variant).where(Variant.sku == sku))
    product = session.get(Product, variant.product_id) if variant else None
    code = product.cat_code if product else "?"
    category = session.get(Category, code)
    return rows.setdefault(code, Row(code, category.name if category else "not listed any more"))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
