"""The stock for a cutover of the orders, as the orders service asks for it."""

from typing import Any

import orjson
import pytest

from chassis.ownership.record import Record
from chassis.ownership.sides import Pending
from new_services.inventory.owner.side import Standing, StockSide, reverse_facts
from tests.rigs.shop.database import Database, Row

SUMS = {"variants": 3, "pieces": 40, "movements": 5, "moved": 40}
RECORD = {"epoch": 2, "ours": True, "window": True, "since": 70}


class Records:
    """A record that has come to place 70 of the log."""

    def __init__(self, pool: Any) -> None:
        self.pool = pool

    async def look(self) -> Record:
        return Record("orders", reached_lsn=70)


class Reverse:
    """A reverse feed with three movements to tell."""

    position, trouble, hurried = 17, "away", False

    def hurry(self) -> None:
        self.hurried = True

    async def behind(self) -> tuple[int, float]:
        return 3, 0.5


def standing(reverse: Any, **rows: Any) -> Standing:
    records: Any = Records(Database({"FROM level": [SUMS], "lsn IS NULL": [Row(n=2)], **rows}))
    return Standing(records, reverse)


async def test_what_is_answered() -> None:
    status, found = await standing(reverse := Reverse()).answer("stock", b"")
    sums = {name: str(value) for name, value in SUMS.items()}
    assert (status, found) == (
        200, {"reached": 70, "pending": 3, "trouble": "away", "ahead": 2, "sums": sums},
    )  # fmt: skip
    assert reverse.hurried


@pytest.mark.parametrize(("epoch", "status"), [(2, 412), (3, 412)])
async def test_it_learns_who_owns_the_orders(epoch: int, status: int) -> None:
    """The row stays as the database has it here, so that a newer epoch is refused as well."""
    one = standing(Reverse(), **{"AS ours": [Row(**RECORD)]})
    body = orjson.dumps({"epoch": epoch, "ours": False})
    assert (await one.set_owner("stock", body))[0] == status
    same = orjson.dumps(RECORD)
    assert await one.set_owner("stock", same) == (200, {"epoch": 2})


async def test_movements_are_published_in_the_order_in_which_they_were_made() -> None:
    rows = [{"origin": "SALE:SO-1:B", "sku": "B"}, {"origin": "SALE:SO-1:A", "sku": "A"}]
    database: Any = Database({"FROM movement\nWHERE": rows, "FROM level": [{"sku": "A"}]})
    origins = ["SALE:SO-1:A", "SALE:SO-1:B", "SALE:SO-1:A", "gone"]
    pending = [Pending(number, "movement", origin) for number, origin in enumerate(origins)]
    found = (await StockSide().read(database, pending))["movement"]
    assert list(found) == ["SALE:SO-1:A", "SALE:SO-1:B", "gone"]
    assert found["SALE:SO-1:B"] == rows[0] and found["gone"] is None


def test_what_is_shown_of_the_reverse_feed() -> None:
    reverse: Any = Reverse()
    assert reverse_facts(reverse) == {"position": 17, "trouble": "away"}
