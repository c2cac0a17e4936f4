"""The customers' journal: a line before each request, and one for each answer."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

NAME = "journal"  # of its file in the folder of a run
PREFIX = "chaos-"  # of every purchase-order text the customers use
BEYOND = "beyond the page"  # what a list shows of an order when it is full of newer ones


class Fate(Enum):
    """How the customer was answered."""

    PLACED = "placed"  # 201, with the order
    PENDING = "pending"  # 202, with a place to look
    REFUSED = "refused"  # a business reason: there is no order
    UNKNOWN = "unknown"  # an error, or nothing: there may be one


@dataclass(frozen=True)
class Look:
    """What a customer read of an order, and what had been acknowledged before. `age` is what the
    answer said of itself, in seconds: where legacy cannot answer either, reads may be old.
    """

    path: str
    status: int
    shown: str | None  # the order's status, None where it was not shown
    fate: Fate  # of the order, by then
    cancelled: bool = False  # its cancellation was acknowledged
    age: int = 0


@dataclass
class Purchase:
    """One order somebody asked for, by its purchase-order text."""

    text: str
    lines: Mapping[str, int]
    fate: Fate = Fate.UNKNOWN
    status: int = 0
    order_no: str = ""
    total: str = ""
    request_id: str = ""
    cancelled: set[int] = field(default_factory=set)  # statuses of the answers to "cancel"
    looks: list[Look] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)  # clear answers, each once
    again: bool = False  # asked for again with its key


def judge(status: int, body: Mapping[str, Any] | None = None) -> Fate:
    """Of the answer to an order. 401 counts as unknown: the customer may ask again.

    So does a 409 of the facade (a problem, with a title): an order with this key is under way.
    """
    if status == 201:
        return Fate.PLACED
    if status == 202:
        return Fate.PENDING
    if status == 409 and body and "title" in body:
        return Fate.UNKNOWN
    return Fate.REFUSED if status in (400, 402, 409) else Fate.UNKNOWN


def shown_of(body: Mapping[str, Any], order_no: str) -> str | None:
    """The status that a detail page or a list gives an order; None where it is not shown. Orders
    that are pending come first in a list, and may fill its page."""
    shown = body.get("orders", [body])
    for order in shown:
        if order.get("order_no") == order_no:
            return str(order["status"])
    return BEYOND if shown and all("pending" in order for order in shown) else None


class Writer:
    """Appends lines; each is in the file before the customer goes on."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._file = path.open("a", buffering=1)
        self._clock = clock  # unix seconds

    def write(self, kind: str, text: str, **more: Any) -> None:
        entry = {"kind": kind, "text": text, "at": self._clock(), **more}
        self._file.write(json.dumps(entry) + "\n")


def entries(folder: Path) -> list[Mapping[str, Any]]:
    """The lines of a run; none before the first customer has come."""
    path = folder / NAME
    return [*map(json.loads, path.read_text().splitlines())] if path.exists() else []


def fates(purchases: Mapping[str, Purchase]) -> str:
    """How many purchases came to each fate."""
    counts = {fate: sum(one.fate is fate for one in purchases.values()) for fate in Fate}
    return ", ".join(f"{count} {fate.value}" for fate, count in counts.items())


def read(written: Iterable[Mapping[str, Any]]) -> dict[str, Purchase]:
    """Every purchase by its text."""
    purchases: dict[str, Purchase] = {}
    for entry in written:
        kind, text = entry["kind"], entry["text"]
        if kind == "asked":
            purchases[text] = Purchase(text, entry["lines"])
        elif kind == "answered":
            purchases[text].again |= entry.get("again", 0) > 0
            _answered(purchases[text], entry["status"], entry.get("body") or {})
        elif kind == "cancelled":
            purchases[text].cancelled.add(entry["status"])
        elif kind == "read":
            purchases[text].looks.append(_look(purchases[text], entry))
    return purchases


def _look(purchase: Purchase, entry: Mapping[str, Any]) -> Look:
    cancelled = 200 in purchase.cancelled
    age = int(entry.get("age") or 0)
    return Look(entry["path"], entry["status"], entry.get("shown"), purchase.fate, cancelled, age)


def _answered(purchase: Purchase, status: int, body: Mapping[str, Any]) -> None:
    """An order may be asked for again with its key: what was clear stays so."""
    fate = judge(status, body)
    if fate in (Fate.PLACED, Fate.REFUSED):
        answer = f"{status} {body.get('order_no', '')}"
        purchase.answers += [] if answer in purchase.answers else [answer]
    if purchase.fate in (Fate.PLACED, Fate.REFUSED):
        return
    if fate is not Fate.UNKNOWN:  # else an earlier 202 still holds
        purchase.status, purchase.fate = status, fate
    if fate is Fate.PLACED:
        purchase.order_no, purchase.total = body["order_no"], body["total"]
    elif fate is Fate.PENDING:
        purchase.request_id = body["id"]
