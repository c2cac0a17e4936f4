"""What the customers wrote down: a line before each question, and one for each answer."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

PREFIX = "chaos-"  # of every purchase-order text the customers use


class Fate(Enum):
    """What the customer was told."""

    PLACED = "placed"  # 201, with the order
    PENDING = "pending"  # 202, with a place to look
    REFUSED = "refused"  # a business reason: there is no order
    UNKNOWN = "unknown"  # an error, or nothing: there may be one


@dataclass
class Wish:
    """One order somebody asked for, by its purchase-order text."""

    text: str
    lines: Mapping[str, int]
    fate: Fate = Fate.UNKNOWN
    status: int = 0
    order_no: str = ""
    total: str = ""
    request_id: str = ""
    cancelled: set[int] = field(default_factory=set)  # statuses of the answers to "cancel"


def judge(status: int) -> Fate:
    """Of the answer to an order. 401 counts as unknown: the customer may ask again."""
    if status == 201:
        return Fate.PLACED
    if status == 202:
        return Fate.PENDING
    return Fate.REFUSED if status in (400, 402, 409) else Fate.UNKNOWN


class Writer:
    """Appends lines; each is in the file before the customer goes on."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._file = path.open("a", buffering=1)
        self._clock = clock  # unix seconds

    def write(self, kind: str, text: str, **more: Any) -> None:
        """One line."""
        entry = {"kind": kind, "text": text, "at": self._clock(), **more}
        self._file.write(json.dumps(entry) + "\n")


def read(lines: Iterable[str]) -> dict[str, Wish]:
    """Every wish by its text."""
    wishes: dict[str, Wish] = {}
    for line in lines:
        entry = json.loads(line)
        kind, text = entry["kind"], entry["text"]
        if kind == "asked":
            wishes[text] = Wish(text, entry["lines"])
        elif kind == "answered":
            _answered(wishes[text], entry["status"], entry.get("body") or {})
        elif kind == "cancelled":
            wishes[text].cancelled.add(entry["status"])
    return wishes


def _answered(wish: Wish, status: int, body: Mapping[str, Any]) -> None:
    wish.status, wish.fate = status, judge(status)
    if wish.fate is Fate.PLACED:
        wish.order_no, wish.total = body["order_no"], body["total"]
    elif wish.fate is Fate.PENDING:
        wish.request_id = body["id"]
