"""Orders: stock is taken, and given back, in the transaction of the order itself.

Nothing is ever sold twice: each line takes its pieces by one conditional UPDATE, which waits for
whoever else holds that row and then looks again. Rows are touched in the order of their sku, so
that two orders wait for each other in one direction only.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session, joinedload

from legacy_monolith.models import (
    Customer,
    Order,
    OrderLine,
    Payment,
    Product,
    Stock,
    StockMovement,
    Variant,
)
from legacy_monolith.shop.money import amount, effective, write

PAY_METHODS = ("invoice", "card")
CANCELLABLE = ("NEW", "PAID")


class UnknownSku(Exception):
    """No active variant of an active product has this sku."""

    def __init__(self, sku: str) -> None:
        super().__init__(sku)
        self.sku = sku


class OutOfStock(Exception):
    """Fewer pieces are left than were asked for."""

    def __init__(self, sku: str, available: int) -> None:
        super().__init__(sku, available)
        self.sku = sku
        self.available = available


class NotCancellable(Exception):
    """The order was shipped or cancelled before."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True)
class OrderRequest:
    """What somebody orders: variant sku → pieces (from 1), how it is paid, where it goes."""

    lines: dict[str, int]
    pay_method: str = "invoice"
    po_number: str | None = None
    ship: dict[str, str] = field(default_factory=dict)


def place(session: Session, customer: Customer, wanted: OrderRequest, now: datetime) -> Order:
    """Write the order with everything that belongs to it, and commit.

    Raises UnknownSku and OutOfStock; then nothing of it has happened.
    """
    variants = _variants(session, wanted.lines)
    order = _order(session, customer, wanted, now)
    for line_no, (sku, pieces) in enumerate(sorted(wanted.lines.items()), start=1):
        _take(session, sku, pieces, order.order_no, now)
        order.lines.append(_line(line_no, variants[sku], pieces))
    order.total = write(sum((amount(row.price) * row.qty for row in order.lines), Decimal()))
    order.payments.append(_payment(order, now))
    session.add(order)
    session.commit()
    return order


def cancel(session: Session, order: Order, now: datetime) -> None:
    """Give the pieces and the money back, and commit; raises NotCancellable."""
    session.refresh(order, with_for_update=True)  # a second click waits here, then sees CANCELLED
    if order.status not in CANCELLABLE:
        session.rollback()
        raise NotCancellable(order.status)
    for line in sorted(order.lines, key=lambda row: row.sku):
        _move(session, line.sku, line.qty, "CANCEL", order.order_no, now)
    for payment in order.payments:
        payment.status = "REFUNDED"
    order.status = "CANCELLED"
    order.updated = now
    session.commit()


def adjust(session: Session, sku: str, qty: int, now: datetime) -> int:
    """Set a variant's stock after counting it (from 0), and commit; gives the difference."""
    stock = session.get(Stock, sku, with_for_update=True, populate_existing=True)
    if stock is None:
        raise UnknownSku(sku)
    change = qty - stock.qty
    if change:
        _move(session, sku, change, "ADJUST", None, now)
    session.commit()
    return change


def _variants(session: Session, lines: dict[str, int]) -> dict[str, Variant]:
    rows = session.scalars(
        select(Variant)
        .join(Product)
        .options(joinedload(Variant.product))
        .where(Variant.sku.in_(lines), Variant.active == "Y", Product.active == "Y")
    )
    found = {variant.sku: variant for variant in rows}
    for sku in lines:
        if sku not in found:
            raise UnknownSku(sku)
    return found


def _order(session: Session, customer: Customer, wanted: OrderRequest, now: datetime) -> Order:
    number = session.execute(text("SELECT nextval('order_no_seq')")).scalar_one()
    return Order(
        order_no=f"SO-{now.year}-{number:06d}",
        customer_id=customer.id,
        status="PAID" if wanted.pay_method == "card" else "NEW",
        po_number=wanted.po_number,
        pay_method=wanted.pay_method,
        ship_name=wanted.ship.get("name") or customer.name,
        ship_street=wanted.ship.get("street") or customer.street,
        ship_zip=wanted.ship.get("zip") or customer.zip,
        ship_city=wanted.ship.get("city") or customer.city,
        created=now,
        updated=now,
    )


def _line(line_no: int, variant: Variant, pieces: int) -> OrderLine:
    """The line keeps name and price as they were when it was ordered."""
    product = variant.product
    detail = ", ".join(part for part in (variant.color, variant.size) if part)
    price = effective(amount(product.price) + amount(variant.price_diff), product.disc_pct)
    return OrderLine(
        line_no=line_no,
        sku=variant.sku,
        name=f"{product.name} ({detail})" if detail else product.name,
        qty=pieces,
        price=write(price),
    )


def _payment(order: Order, now: datetime) -> Payment:
    status = "CAPTURED" if order.pay_method == "card" else "AUTH"
    return Payment(amount=order.total, method=order.pay_method, status=status, created=now)


def _take(session: Session, sku: str, pieces: int, order_no: str, now: datetime) -> None:
    taken = session.execute(
        update(Stock)
        .where(Stock.sku == sku, Stock.qty >= pieces)
        .values(qty=Stock.qty - pieces, updated=now)
        .execution_options(synchronize_session=False)
        .returning(Stock.qty)
    ).scalar_one_or_none()
    if taken is None:
        available = session.scalar(select(Stock.qty).where(Stock.sku == sku)) or 0
        session.rollback()
        raise OutOfStock(sku, available)
    _record(session, sku, -pieces, "SALE", order_no, now)


def _move(
    session: Session, sku: str, change: int, reason: str, order_no: str | None, now: datetime
) -> None:
    session.execute(
        update(Stock)
        .where(Stock.sku == sku)
        .values(qty=Stock.qty + change, updated=now)
        .execution_options(synchronize_session=False)
    )
    _record(session, sku, change, reason, order_no, now)


def _record(
    session: Session, sku: str, change: int, reason: str, order_no: str | None, now: datetime
) -> None:
    session.add(
        StockMovement(sku=sku, qty_change=change, reason=reason, order_no=order_no, created=now)
    )
