"""Without a system of record the service starts, reads, and refuses what it cannot write."""

import pytest

from chassis.web.app import Problem
from contracts.orders import OrderRequest, SystemOfRecord
from contracts.record import Customer, RecordAway
from new_services.orders.app import system_of_record
from new_services.orders.saga.no_record import NoRecord

WANTED = OrderRequest({"A": 1})
CUSTOMER = Customer("a@example.org", "A", "")


async def test_a_new_order_is_refused_before_anything_begins() -> None:
    record: SystemOfRecord = NoRecord()
    with pytest.raises(Problem, match="ORDERS_LEGACY_URL") as refused:
        record.accepts(WANTED)
    assert refused.value.status == 503


async def test_what_a_saga_asks_is_answered_later() -> None:
    record: SystemOfRecord = NoRecord()
    calls = (
        record.place(CUSTOMER, WANTED, "id", 0.0),
        record.find(CUSTOMER, WANTED, "id", 0.0),
        record.cancel(CUSTOMER, "SO-1"),
        record.look(CUSTOMER, "SO-1"),
    )
    for call in calls:
        with pytest.raises(RecordAway) as away:
            await call
        assert away.value.after > 0


def test_it_stands_in_where_no_monolith_is_configured() -> None:
    record, breakers = system_of_record(None, None)
    assert isinstance(record, NoRecord)
    assert breakers == {}
