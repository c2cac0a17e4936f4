"""Customers who read what they ordered: through the facade, on the side that is asked for."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass

import httpx2

from fig.demo.judge.record import Reading
from fig.demo.stage.world import DemoFailed

PASSWORD = "wander-2016"  # the one every seeded customer has
MOST = 12  # orders that are read
POLL = 0.2  # seconds
PATIENCE = 10.0  # seconds until the side that is asked for has to answer


@dataclass(frozen=True)
class Confirmed:
    """An order as it was confirmed to its customer. `late`: it was pending before."""

    email: str
    order_no: str
    total: str
    late: bool


def confirmed(lines: Iterable[str]) -> list[Confirmed]:
    """Every order of the shoppers' ledger that got a number, in this order."""
    emails: dict[str, str] = {}
    found = []
    for line in lines:
        entry = json.loads(line)
        if entry["kind"] == "asked":
            emails[entry["text"]] = entry["email"]
        elif entry["kind"] in ("placed", "finished"):
            late = entry["kind"] == "finished"
            email = emails[entry["text"]]
            found.append(Confirmed(email, entry["order_no"], entry["total"], late))
    return found


def chosen(orders: list[Confirmed], most: int = MOST) -> list[Confirmed]:
    """The last of those that were pending, half of all at most, and the last of the others."""
    late = [one for one in orders if one.late][-most // 2 :]
    others = [one for one in orders if not one.late]
    return others[-(most - len(late)) :] + late


class OrderDesk:
    """Asks through the facade, each order as its own customer."""

    def __init__(self, url: str, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self.url, self.transport = url, transport

    async def read(self, orders: list[Confirmed], side: str) -> Reading:
        """Raises DemoFailed when the facade does not answer."""
        try:
            found = await asyncio.gather(*(self.look(one, side) for one in orders))
        except (httpx2.HTTPError, ValueError) as error:
            raise DemoFailed(f"an order could not be read: {error!r}") from error
        return Reading(side, len(orders), tuple(word for word in found if word))

    async def look(self, order: Confirmed, side: str) -> str:
        """What is wrong with it, as a sentence; nothing when it is as it was confirmed."""
        async with httpx2.AsyncClient(
            base_url=self.url, timeout=15.0, transport=self.transport
        ) as app:
            login = {"email": order.email, "password": PASSWORD}
            await app.post("/api/login", json=login)
            until = time.monotonic() + PATIENCE
            while True:
                answer = await app.get(f"/api/orders/{order.order_no}")
                if f"side={side};" in answer.headers.get("fig-decision", ""):
                    return wrong(order, answer, side)
                if time.monotonic() > until:
                    return f"{order.order_no}: {side} did not answer ({answer.status_code})"
                await asyncio.sleep(POLL)


def wrong(order: Confirmed, answer: httpx2.Response, side: str) -> str:
    """The difference between what was confirmed and what is shown, "" for none."""
    if answer.status_code != 200:
        return f"{order.order_no}: {side} says {answer.status_code}"
    body = answer.json()
    shown = body.get("order_no"), body.get("total")
    if shown == (order.order_no, order.total):
        return ""
    return f"{order.order_no} at {order.total}: {side} shows {shown[0]} at {shown[1]}"
