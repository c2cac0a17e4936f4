"""A count of ours is known again when the feed tells of it."""

from typing import Any

from new_services.inventory.domain import Movement
from new_services.inventory.owner import shelf
from tests.rigs.shop.database import Database

AT = "2026-06-30 18:00:00.00001"
OURS = {"origin": "COUNT:count-stock:k", "sku": "A", "change": -2, "created": AT}


def moved(change: int, created: str, reason: str = "ADJUST") -> Movement:
    return Movement("A", change, reason, None, created, legacy_id=17, lsn=5)


async def test_by_variant_difference_and_time() -> None:
    database: Any = Database({"FROM movement": [OURS]})
    movements = [
        moved(-2, "2026-06-30T18:00:00.000010"),
        moved(-2, "2026-06-30 18:00:00"),
        moved(-3, AT),
        moved(-2, AT, "INIT"),
    ]
    found = await shelf.named(database, movements)
    assert [each.origin for each in found] == ["COUNT:count-stock:k", *["legacy:17"] * 3]
    assert found[0].legacy_id == 17


async def test_where_nothing_was_counted_nothing_is_asked() -> None:
    database: Any = Database({})
    assert await shelf.named(database, [moved(1, AT, "SALE")]) == [moved(1, AT, "SALE")]
