"""Of what the feed says, all is applied but what somebody wrote past the fence, who is named."""

from typing import Any

import pytest

from chassis.ownership.joined import Joined
from chassis.ownership.record import Owner, Record
from contracts.feed.change import Change, Op
from contracts.feed.facts import Fact, Reached, Stored
from tests.rigs.shop.database import Database

LEGACYS = Record("orders", epoch=3, since_lsn=50)
OURS = Record("orders", Owner.NEW, epoch=2, since_lsn=50)
ORDER: Fact = Stored("order", 1, {}, (60, 1))
CUSTOMER: Fact = Stored("customer", 1, {}, (60, 2))


class Records:
    """Says what the record says."""

    domain = "orders"

    def __init__(self, record: Record) -> None:
        self.record = record

    async def look(self, _: Any = None) -> Record:
        return self.record


def change(origin: str = "", op: Op = Op.UPDATE, lsn: int = 60) -> Change:
    return Change("orders", op, {"id": 1}, None, {"id": 1}, lsn, 1, 7, "now", origin)


async def sifted(record: Record, published: Change) -> tuple[list[Fact], int]:
    """What is applied, and how many were named."""
    database, records = Database(), Records(record)
    known: Any = (records, database)
    joined = Joined(known[0], frozenset({"order"}), "floor", feeds=frozenset({"orders", "stock"}))
    kept = await joined.sift(known[1], [(published, (ORDER, CUSTOMER, Reached(1)))])
    return kept, len(database.values("rogue_write"))


@pytest.mark.parametrize(
    ("record", "published"),
    [
        (LEGACYS, change()),
        (OURS, change("reverse_orders")),
        (OURS, change("reverse_stock")),
        (OURS, change(lsn=50)),  # of before we owned them
        (OURS, change(op=Op.SNAPSHOT)),  # the table is read again
    ],
)
async def test_what_is_applied(record: Record, published: Change) -> None:
    assert await sifted(record, published) == ([ORDER, CUSTOMER], 0)


@pytest.mark.parametrize("origin", ["", "reverse_goods"])
async def test_a_rogue_write_is_named_and_not_applied(origin: str) -> None:
    """Only what is not of the domain is."""
    assert await sifted(OURS, change(origin)) == ([CUSTOMER], 1)


async def test_how_far_the_log_is_known_is_kept_in_any_phase() -> None:
    database, records = Database(), Records(LEGACYS)
    known: Any = (records, database)
    await Joined(known[0], frozenset(), "floor").reached(known[1], 99)
    assert database.values("reached_lsn") == [("orders", 99)]
