"""What a mail says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contracts.events.orders import (
    CancellationRefused,
    Line,
    OrderCancelled,
    OrderPlaced,
    OrderRefused,
)


@dataclass(frozen=True, slots=True)
class Mail:
    """To one customer."""

    recipient: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Refund:
    """What was taken for an order, and what was given back of it."""

    order_no: str
    email: str
    name: str
    captured: str
    refunded: str


def placed(event: OrderPlaced) -> Mail:
    """Thanks, what was ordered, and where it goes."""
    reference = f"\nYour reference: {event.po_number}" if event.po_number else ""
    paid = "It is paid by card." if event.pay_method == "card" else "The invoice follows."
    body = (
        f"Hello {event.name},\n\nthank you for your order {event.order_no}.{reference}\n\n"
        f"{_table(event.lines)}\n\nTotal: {event.total} EUR. {paid}\n"
        f"{_address(event.ship)}"
    )
    return Mail(event.email, f"Your order {event.order_no}", body)


def cancelled(event: OrderCancelled) -> Mail:
    """What was cancelled, and what comes back."""
    back = "" if event.refunded == "0.00" else f" You get {event.refunded} EUR back."
    body = (
        f"Hello {event.name},\n\nyour order {event.order_no} is cancelled.{back}\n\n"
        f"{_table(event.lines)}\n"
    )
    return Mail(event.email, f"Your order {event.order_no} is cancelled", body)


def refused(event: OrderRefused) -> Mail:
    """Of an order that was accepted and could not be placed."""
    body = (
        f"Hello {event.name},\n\nwe are sorry: your order could not be placed ({event.reason})."
        " Nothing was charged.\n"
    )
    return Mail(event.email, "Your order could not be placed", body)


def not_cancelled(event: CancellationRefused) -> Mail:
    """Of a cancellation that was accepted and could not be carried out."""
    body = (
        f"Hello {event.name},\n\nwe are sorry: your order {event.order_no} could not be cancelled"
        f" ({event.reason}). It stays as it was.\n"
    )
    return Mail(event.email, f"Your order {event.order_no} could not be cancelled", body)


def refunded(refund: Refund) -> Mail:
    """That the money is on its way, which an order's cancelling only announces."""
    body = (
        f"Hello {refund.name},\n\nof {refund.captured} EUR that you paid for the order"
        f" {refund.order_no}, {refund.refunded} EUR are on their way back to you.\n"
    )
    return Mail(refund.email, f"Your refund for the order {refund.order_no}", body)


def _table(lines: Sequence[Line]) -> str:
    return "\n".join(f"{line.quantity:>3} x {line.name}  {line.price} EUR" for line in lines)


def _address(ship: Mapping[str, str]) -> str:
    """A paragraph; nothing where the event has no address (version 1)."""
    town = f"{ship.get('zip', '')} {ship.get('city', '')}"
    parts = (part.strip() for part in (ship.get("name", ""), ship.get("street", ""), town))
    given = [part for part in parts if part]
    return "\n".join(["\nIt goes to:", *given, ""]) if given else ""
