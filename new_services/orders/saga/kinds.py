"""The kinds of sagas about an order, how one of each begins, and which order it brought about."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from chassis.saga import State
from contracts.orders import Order
from contracts.record import Customer

PLACE, CANCEL, SETTLE, STRAY = "place-order", "cancel-order", "settle-cancelled", "cancel-stray"


RECALLED = "recalled"  # names the cancelling of an order that was placed after its recall


def stray(order_no: str, customer: Customer) -> State:
    """A saga that cancels an order which another one wrote and does not want."""
    request = {"order_no": order_no, "customer": asdict(customer)}
    return State(f"stray:{order_no}", STRAY, request)


def settling(order: Order, customer: Customer) -> State:
    """A saga that gives back what was taken for an order cancelled on the other side."""
    request = {"order": order.to_dict(), "customer": asdict(customer)}
    return State(f"settle:{order.order_no}", SETTLE, request)


def cancelling(order_no: str, customer: Customer, name: str, table: str = "") -> State:
    """A saga that cancels a customer's order; one for each name."""
    request = {"order_no": order_no, "customer": asdict(customer)}
    return State(f"cancel:{order_no}:{name}", CANCEL, request, table)


def after_recall(saga_id: str) -> bool:
    """Whether a saga cancels an order that its customer had recalled before it was placed."""
    return saga_id.endswith(f":{RECALLED}")


def outcome(results: Mapping[str, Any]) -> Order | None:
    """The order that a saga's results hold, once its pivot is done."""
    for step in ("write", "cancel"):
        if step in results:
            return Order.from_dict(results[step]["order"])
    return None
