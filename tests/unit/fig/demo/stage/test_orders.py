"""Customers read what they ordered, on the side that is asked for."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from fig.demo.stage import orders
from fig.demo.stage.orders import Confirmed, OrderDesk, chosen, confirmed

LINES = [
    {"kind": "asked", "text": "a", "email": "k1"},
    {"kind": "asked", "text": "b", "email": "k2"},
    {"kind": "placed", "text": "a", "order_no": "SO-1", "total": "9.00"},
    {"kind": "pending", "text": "b", "id": "S1"},
    {"kind": "cancelled", "text": "SO-1", "order_no": "SO-1"},
    {"kind": "finished", "text": "b", "order_no": "SO-2", "total": "5.00"},
]
ONE = Confirmed("k1", "SO-1", "9.00", late=False)


def test_orders_with_their_customers() -> None:
    found = confirmed(json.dumps(line) for line in LINES)
    assert found == [ONE, Confirmed("k2", "SO-2", "5.00", late=True)]


@pytest.mark.parametrize(
    ("early", "late", "kept"), [(2, 1, 3), (20, 1, 12), (20, 20, 12), (0, 9, 6)]
)
def test_some_of_both_kinds_are_chosen(early: int, late: int, kept: int) -> None:
    all_ = [Confirmed("k", f"E{n}", "1.00", late=False) for n in range(early)]
    all_ += [Confirmed("k", f"L{n}", "1.00", late=True) for n in range(late)]
    found = chosen(all_)
    assert len(set(found)) == len(found) == kept
    assert any(one.late for one in found)


def shop(side: str, status: int = 200, total: str = "9.00") -> httpx2.MockTransport:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.method == "POST":
            return httpx2.Response(200, json={"ok": "Y"})
        body: dict[str, Any] = {"order_no": "SO-1", "total": total}
        decision = {"Fig-Decision": f"side={side}; stage=legacy"}
        return httpx2.Response(status, json=body, headers=decision)

    return httpx2.MockTransport(answer)


@pytest.mark.parametrize(
    ("transport", "wrong"),
    [
        (shop("legacy"), ()),
        (shop("legacy", total="8.00"), ("SO-1 at 9.00: legacy shows SO-1 at 8.00",)),
        (shop("legacy", status=404), ("SO-1: legacy says 404",)),
        (shop("new"), ("SO-1: legacy did not answer (200)",)),
    ],
)
async def test_each_is_held_against_what_was_confirmed(
    monkeypatch: pytest.MonkeyPatch, transport: httpx2.MockTransport, wrong: tuple[str, ...]
) -> None:
    monkeypatch.setattr(orders, "PATIENCE", 0.0)
    reading = await OrderDesk("http://f", transport).read([ONE], "legacy")
    assert (reading.orders, reading.wrong) == (1, wrong)
