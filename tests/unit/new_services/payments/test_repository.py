"""What is stored of a payment, and what the answers of the database mean."""

from decimal import Decimal
from typing import Any

import pytest

from new_services.payments import repository
from new_services.payments.domain import Payment, Status
from tests.rigs.shop.database import Database, Row

PAYMENT = Payment("S-1", "card", Decimal("9.50"), Status.CAPTURED, "a reason", "SO-1")
ROW = Row(
    id="S-1", method="card", amount=Decimal("9.50"), status="captured", reason="a reason", no="SO-1"
)
EVENT = ("S-1:capture", "S-1", "events.payments.payment-captured", "{}")


@pytest.mark.parametrize("read", [repository.look, repository.find])
async def test_a_row_is_a_payment_and_no_row_is_none(read: Any) -> None:
    assert await read(Database({"FROM payment": [ROW]}), "S-1") == PAYMENT
    assert await read(Database(), "S-1") is None


async def test_a_new_payment_is_new_when_its_row_was_made() -> None:
    made: Any = Database({"INSERT INTO payment": [("S-1",)]})
    assert await repository.begin(made, PAYMENT)
    assert made.asked[0][1] == ("S-1", "card", Decimal("9.50"), Status.CAPTURED)
    there_already: Any = Database()
    assert not await repository.begin(there_already, PAYMENT)


@pytest.mark.parametrize("event", [(), EVENT])
async def test_a_move_carries_its_event_in_one_statement(event: tuple[str, ...]) -> None:
    database: Any = Database({"UPDATE payment": [("S-1",)]})
    assert await repository.move(database, PAYMENT, [Status.AUTHORISED], event)
    ((statement, values),) = database.asked
    assert ("INSERT INTO outbox" in statement) is bool(event)
    stored = (Decimal("9.50"), Status.CAPTURED, "a reason", "SO-1")
    assert values == ("S-1", [Status.AUTHORISED], *stored, *event)


async def test_a_row_in_another_status_is_not_moved() -> None:
    database: Any = Database()
    assert not await repository.move(database, PAYMENT, [Status.AUTHORISED])


async def test_a_payment_is_saved_whole() -> None:
    database: Any = Database()
    await repository.save(database, PAYMENT)
    assert database.asked[0][1] == ("S-1", "card", Decimal("9.50"), Status.CAPTURED, "a reason")
