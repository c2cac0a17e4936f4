"""An order as the monolith would have written it: number, address, lines, total, times. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.orders import Line, Order, OrderRequest
from new_services.orders.saga import pricing
from new_services.orders.saga.pricing import Price
from new_services.orders.schemas import SHIP_FIELDS

CANCELLABLE = ("NEW", "PAID")
STAMP = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer as the shop knows them; `address` by the names of SHIP_FIELDS."""

    customer_id: int  # the shop's own number
    email: str
    address: Mapping[str, str]


def placed(
    buyer: Buyer,
    wanted: OrderRequest,
    prices: Mapping[str, Price],
    moment: tuple[datetime, int, str],
) -> Order:
    """The order that this request makes. `moment` is the shop's wall clock, the order's running
    number and the saga's id. Raises UnknownSku for a line without a price."""
    now, number, saga_id = moment
    total = pricing.total(wanted.lines, prices)
    given = wanted.ship or {}
    created = now.strftime(STAMP)
    return Order(
        order_no=f"SO-{now.year}-{number:06d}",
        status="PAID" if wanted.pay_method == "card" else "NEW",
        total=f"{total:.2f}",
        po_number=wanted.po_number,
        pay_method=wanted.pay_method,
        lines=tuple(
            Line(line_no, sku, prices[sku].name, pieces, f"{prices[sku].effective:.2f}")
            for line_no, (sku, pieces) in enumerate(sorted(wanted.lines.items()), start=1)
        ),
        ship={part: given.get(part) or buyer.address[part] for part in SHIP_FIELDS},
        created=created,
        updated=created,
        saga_id=saga_id,
    )


def cancelled(order: Order, now: datetime) -> Order:
    """The same order, cancelled at this time by the shop's wall clock."""
    return replace(order, status="CANCELLED", updated=now.strftime(STAMP))
