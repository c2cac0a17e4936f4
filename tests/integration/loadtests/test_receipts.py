"""The receipts as they are looked up in the database of the orders service."""

import json
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from loadtests.receipts import NEW, Row, _rows, judged
from migrations import runner

pytestmark = pytest.mark.integration
_STORE = """
INSERT INTO order_document (order_no, email, po_number, status, body, own_body)
VALUES (%s, 'k@example.org', %s, 'NEW', %s, %s)
"""


def shown(status: str, total: str = "9.00") -> str:
    return json.dumps({"status": status, "total": total})


# By number: as legacy's log has it, as our saga left it; what counts.
ORDERS = {
    "SO-1": (shown("NEW"), None, "NEW"),
    "SO-2": (None, shown("NEW"), "NEW"),
    "SO-3": (shown("SHIPPED"), shown("NEW"), "SHIPPED"),
    "SO-4": (shown("NEW"), shown("CANCELLED"), "CANCELLED"),  # behind a closed window
    "SO-5": (None, shown("CANCELLED"), "CANCELLED"),
    "SO-6": (shown("CANCELLED"), shown("NEW"), "CANCELLED"),  # at the monolith's own page
}


@pytest.fixture
def url(make_database) -> str:
    """The orders of one run, and one of a customer who is none of it."""
    found: str = make_database("receipts")
    runner.upgrade("orders", found)
    with psycopg.connect(found) as connection:
        for number, (body, own, _) in ORDERS.items():
            connection.execute(_STORE, [number, f"LTab-{number}", body, own])
        connection.execute(_STORE, ["SO-9", "a gift", shown("NEW"), None])
    return found


def test_an_order_is_what_its_owner_says_of_it(url: str) -> None:
    assert _rows(url, NEW) == {
        f"LTab-{number}": [Row(number, status, Decimal("9.00"), by_saga=True)]
        for number, (_, _, status) in ORDERS.items()
    }


def test_a_cancelling_that_was_acknowledged_is_found_without_legacy(
    url: str, tmp_path: Path
) -> None:
    placed = [
        {"kind": "placed", "text": f"LTab-{number}", "order_no": number, "total": "9.00"}
        for number in ORDERS
    ]
    cancelled = [{"kind": "cancelled", "order_no": f"SO-{number}"} for number in (4, 5, 6)]
    ledger = tmp_path / "ledger"
    ledger.write_text("\n".join(map(json.dumps, [*placed, *cancelled])))
    found = judged(ledger, {"VERIFY_ORDERS_URL": url})
    assert (found["acknowledged"], found["wrong"]) == (6, [])

    ledger.write_text(ledger.read_text() + '\n{"kind": "cancelled", "order_no": "SO-3"}')
    wrong = judged(ledger, {"VERIFY_ORDERS_URL": url})["wrong"]
    assert wrong == ["SO-3: its cancelling was acknowledged, it is SHIPPED"]
