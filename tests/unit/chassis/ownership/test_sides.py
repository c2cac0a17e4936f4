"""The sums of a domain are texts, so that those of two databases can be compared."""

from decimal import Decimal
from typing import Any

from chassis.ownership.sides import summed


class OneRow:
    async def fetchrow(self, statement: str) -> dict[str, object]:
        assert statement == "SELECT …"
        return {"orders": 2, "money": Decimal("30.00")}


async def test_the_row_of_the_statement_comes_as_texts() -> None:
    connection: Any = OneRow()
    assert await summed(connection, "SELECT …") == {"orders": "2", "money": "30.00"}
