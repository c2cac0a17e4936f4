"""`fig order [SKU]`: order one piece as a customer, and read it back."""

import secrets
import time
from collections.abc import Mapping
from typing import Any

import click

from chassis.cli.output import Output, json_option
from contracts import mark
from fig.clients import running
from fig.clients.shop import Customer, Reply
from fig.errors import NEGATIVE, FigError
from fig.settings import Home
from fig.stack.ports import HOST

SKU = "SHO-10466-BLUE-40"  # the seeded shop has about a hundred pieces
PATIENCE_SECONDS = 60.0
POLL_SECONDS = 0.2
ACCEPTED = (200, 201, 202)


@click.command()
@click.argument("sku", default=SKU)
@click.option("--wait", is_flag=True, envvar="FIG_ORDER_WAIT",
              help="If the order is pending, wait until it is placed or refused.")  # fmt: skip
@json_option("FIG_ORDER_JSON")
@click.pass_obj
def order(home: Home, sku: str, wait: bool, out: Output) -> None:
    """Order one piece of SKU through the facade, as a customer of the seeded shop; read it back.

    Exit code 0: the order is placed, or pending; 1: it was refused, or the shop does not answer.
    """
    ports = running.require(home).ports
    customer = Customer(f"http://{HOST}:{ports['facade']}", home.folder / "run" / "customer.json")
    body = {"lines": [{"sku": sku, "qty": 1}], "pay_method": "card", "po_number": "fig order"}
    trace = secrets.token_hex(16)
    reply = customer.ask(
        "/api/orders", "POST", body, Idempotency_Key=secrets.token_hex(8),
        traceparent=f"00-{trace}-{secrets.token_hex(8)}-01",
    )  # fmt: skip
    if reply.status not in ACCEPTED:
        raise FigError(f"the order is refused: {_why(reply)}")
    placed: Mapping[str, Any] = reply.json
    lines = [_words(reply, placed)]
    if reply.status == 202 and wait:
        placed = _settled(customer, placed["id"])
        lines.append(f"{placed['status'].lower()}: {placed.get('order_no', '')}")
    read = customer.ask(f"/api/orders/{placed['order_no']}") if placed.get("order_no") else None
    if read is not None:
        lines.append(f"read back: {read.word}; {read.decision}")
    saga = placed.get("id")
    if not saga and "legacy" in ports:
        saga = _saga(f"http://{HOST}:{ports['legacy']}", home, placed)
    lines += [f"saga {saga}"] * bool(saga) + [f"trace {trace}"]
    document = {
        "status": reply.status,
        "decision": reply.decision,
        "order_no": placed.get("order_no"),
        "saga": saga,
        "trace": trace,
        "read": None if read is None else {"status": read.status, "decision": read.decision},
    }
    out.give(document, "\n".join(lines))
    if placed.get("status") == "REFUSED":
        raise SystemExit(NEGATIVE)


def _settled(customer: Customer, saga_id: str) -> Mapping[str, Any]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        reply = customer.ask(f"/api/order-requests/{saga_id}")
        if reply.status == 200 and reply.json["status"] != "PENDING":
            return dict(reply.json)
        if time.monotonic() > deadline:
            raise FigError(f"saga {saga_id} has not ended; `fig saga {saga_id}` shows its steps")
        time.sleep(POLL_SECONDS)


def _words(reply: Reply, placed: Mapping[str, Any]) -> str:
    if reply.status == 202:
        return f"202 pending; {reply.decision}"
    return f"{reply.status} {placed['order_no']}, {placed['total']} EUR; {reply.decision}"


def _why(reply: Reply) -> str:
    if reply.broken:
        return reply.broken
    body = reply.json
    said = body.get("error") or body.get("detail") if isinstance(body, dict) else None
    return f"{reply.status} {said or ''}".strip()


def _saga(legacy: str, home: Home, placed: Mapping[str, Any]) -> str | None:
    """The saga that placed it, by the mark that the monolith shows with such an order."""
    at_legacy = Customer(legacy, home.folder / "run" / "customer.json")
    found = at_legacy.ask(f"/api/orders/{placed['order_no']}").json or {}
    return mark.split(found.get("po_number") or "")[1]
