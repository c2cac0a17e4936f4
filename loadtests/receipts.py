"""Whether what customers were answered about their orders is true on the sides that there are.

`python -m loadtests.receipts FILE`, with VERIFY_ORDERS_URL, and VERIFY_LEGACY_URL where there is a
monolith, prints JSON:
`acknowledged` orders, how many of them were `accepted` as pending first, how many are `new_side`'s
work, and `wrong`, a sentence each. Exit code 0: all is true; 1: something is not; 2: unreadable.
"""

from __future__ import annotations

import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg

from loadtests.ledger import PREFIX

_TEXT = "split_part(po_number, ' ~', 1)"  # without the saga's mark
LEGACY = f"""
SELECT {_TEXT}, order_no, status, total::numeric, po_number LIKE '%% ~%%'
FROM orders WHERE po_number LIKE %s
"""
# Cancelled is the last state: behind a closed window what legacy's log fed does not learn of it.
NEW = """
SELECT po_number, order_no, shown->>'status', (shown->>'total')::numeric, true
FROM (SELECT po_number, order_no, CASE WHEN body IS NULL OR own_body::json->>'status' = 'CANCELLED'
                                        THEN own_body ELSE body END::json AS shown
      FROM order_document WHERE po_number LIKE %s) documents
"""
SAGAS = "SELECT id, phase FROM saga WHERE id = ANY(%s)"


@dataclass
class Claim:
    """How one customer was answered. `order_no` is empty as long as no number was named."""

    order_no: str = ""
    total: Decimal = Decimal()
    saga: str = ""  # of an order that was accepted as pending
    refused: bool = False


@dataclass(frozen=True)
class Row:
    """An order as one side has it. `by_saga`: the new side wrote it."""

    order_no: str
    status: str
    total: Decimal
    by_saga: bool = False


Side = Mapping[str, list[Row]]  # by the customer's text


@dataclass
class Books:
    """What was asked for, by its text, and the numbers whose cancelling was acknowledged."""

    claims: dict[str, Claim] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)

    @property
    def acknowledged(self) -> int:
        """Orders that somebody counts on."""
        counted = (one for one in self.claims.values() if one.order_no or one.saga)
        return sum(not one.refused for one in counted)


def read(lines: Iterable[str]) -> Books:
    """The ledger's file."""
    books = Books()
    for line in lines:
        entry = json.loads(line)
        if entry["kind"] == "cancelled":
            books.cancelled.add(entry["order_no"])
            continue
        claim = books.claims.setdefault(entry["text"], Claim())
        if entry["kind"] in ("placed", "finished"):
            claim.order_no, claim.total = entry["order_no"], Decimal(entry["total"])
        elif entry["kind"] == "pending":
            claim.saga = entry["id"]
        elif entry["kind"] == "refused":
            claim.refused = True
    return books


def check(books: Books, legacy: Side, new: Side, phases: Mapping[str, str]) -> list[str]:
    """Every sentence is something that must not be. `phases` are those of the pending sagas."""
    found = [f"nobody asked for {text}" for text in legacy if text not in books.claims]
    for text, claim in books.claims.items():
        there, here = legacy.get(text, []), new.get(text, [])
        found += _existence(text, claim, there, phases.get(claim.saga, ""))
        found += _alike(text, there, here)
        found += _cancelled(there, books.cancelled)
    return found


def _existence(text: str, claim: Claim, there: list[Row], phase: str) -> list[str]:
    alive = [row.order_no for row in there if row.status != "CANCELLED"]
    if claim.refused:
        return [f"{text}: refused, and there is {', '.join(alive)}"] if alive else []
    if len(there) > 1:
        return [f"{text}: ordered once, there is {', '.join(row.order_no for row in there)}"]
    if claim.order_no and not there:
        return [f"{text}: acknowledged as {claim.order_no}, and lost"]
    if claim.order_no and (there[0].order_no, there[0].total) != (claim.order_no, claim.total):
        is_ = f"{there[0].order_no} at {there[0].total}"
        return [f"{text}: acknowledged as {claim.order_no} at {claim.total}, is {is_}"]
    if claim.saga and not there and phase != "undone":
        return [f"{text}: accepted, and its saga {claim.saga} is {phase or 'gone'}"]
    return []


def _alike(text: str, there: list[Row], here: list[Row]) -> list[str]:
    """Once on both sides, and the same."""
    sides = [
        sorted((row.order_no, row.status, row.total) for row in side) for side in (there, here)
    ]
    return [] if sides[0] == sides[1] else [f"{text}: legacy has {sides[0]}, new {sides[1]}"]


def _cancelled(there: list[Row], cancelled: set[str]) -> list[str]:
    return [
        f"{row.order_no}: its cancelling was acknowledged, it is {row.status}"
        for row in there
        if row.order_no in cancelled and row.status != "CANCELLED"
    ]


def _rows(url: str, statement: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    with psycopg.connect(url) as connection:
        for text, *rest in connection.execute(statement, [f"{PREFIX}%"]):
            found[text].append(Row(*rest))
    return found


def _phases(url: str, books: Books) -> dict[str, str]:
    ids = [one.saga for one in books.claims.values() if one.saga]
    with psycopg.connect(url) as connection:
        return dict(connection.execute(SAGAS, [ids]).fetchall())


def _of_this_run(side: Side, books: Books) -> dict[str, list[Row]]:
    """Other runs on the same data have other marks."""
    marks = {text.partition("-")[0] for text in books.claims}
    return {text: rows for text, rows in side.items() if text.partition("-")[0] in marks}


def judged(path: Path, env: Mapping[str, str]) -> dict[str, Any]:
    """What is printed. Raises KeyError, OSError, ValueError, psycopg.Error."""
    with path.open() as lines:
        books = read(lines)
    orders = env["VERIFY_ORDERS_URL"]
    new = _of_this_run(_rows(orders, NEW), books)
    there = env.get("VERIFY_LEGACY_URL")
    legacy = _of_this_run(_rows(there, LEGACY), books) if there else new
    return {
        "acknowledged": books.acknowledged,
        "accepted": sum(bool(one.saga) for one in books.claims.values()),
        "new_side": sum(row.by_saga for rows in legacy.values() for row in rows) if there else 0,
        "wrong": check(books, legacy, new, _phases(orders, books)),
    }


def main() -> int:
    try:
        found = judged(Path(sys.argv[1]), os.environ)
    except (KeyError, OSError, ValueError, psycopg.Error) as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}))  # noqa: T201
        return 2
    print(json.dumps(found))  # noqa: T201
    return 1 if found["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
