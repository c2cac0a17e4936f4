"""What customers were answered about their orders: counted, and a line in a file for each answer.

The lines, each with the `text` that the customer put on the order (its purchase-order number):
    asked       before the question goes out
    placed      201, with `order_no` and `total`
    pending     202, with `id`: accepted, to be finished later
    finished    a pending one has become an order, with `order_no` and `total`
    refused     a business reason, with `why`: there is no order
    cancelled   acknowledged, with `order_no`
What was asked and has no other line was never answered: there may be an order or not.

What customers did otherwise is only counted: `checkouts` (orders by the pages), `logins` and
`registrations`.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

PREFIX = "LT"
DEEDS = ("checkouts", "logins", "registrations")


class Ledger:
    """One for all customers of a run. `run` marks its orders; `path` None keeps no file."""

    def __init__(
        self, path: Path | None = None, run: str = "", clock: Callable[[], float] = time.time
    ) -> None:
        self.path = path
        self.run = run
        self.clock = clock
        self.counts: Counter[str] = Counter()
        self.waiting: dict[str, float] = {}  # text of a pending order: when it was accepted

    def name(self, bits: int) -> str:
        """A text for an order, short enough for legacy to keep it whole."""
        return f"{PREFIX}{self.run}-{bits:012x}"

    def write(self, kind: str, text: str, **more: Any) -> None:
        """Count it and write it down before the customer goes on."""
        self.counts[kind] += 1
        if kind == "pending":
            self.waiting[text] = self.clock()
        elif kind in ("finished", "refused"):
            self.waiting.pop(text, None)
        if self.path is not None:
            line = {"kind": kind, "text": text, "at": round(self.clock(), 3), **more}
            with self.path.open("a") as file:
                file.write(json.dumps(line) + "\n")

    def count(self, deed: str) -> None:
        """One more of what is only counted."""
        self.counts[deed] += 1

    def figures(self) -> dict[str, Any]:
        """For the line of figures; `oldest` is when the longest waiting one was accepted."""
        kinds = ("asked", "placed", "pending", "finished", "refused", "cancelled", *DEEDS)
        found: dict[str, Any] = {kind: self.counts[kind] for kind in kinds}
        oldest = min(self.waiting.values(), default=None)
        return found | {"waiting": len(self.waiting), "oldest": oldest}
