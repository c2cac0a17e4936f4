"""A customer as we own them -> the monolith's row; and what its customers log in with, for us.

The hash of a password goes both ways: to us before the cutover and at its fence, to the monolith
with each customer that we make, in the notation that both read.
"""

from collections.abc import Mapping as Fields
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from chassis.ownership.sides import Sums
from contracts.feed import entities
from contracts.feed.change import Value
from contracts.logins import AddressedLogin
from new_services.anticorruption.reverse.fence import translated
from new_services.anticorruption.reverse.inverse import Inverse, differing, yes_no
from new_services.anticorruption.tables import CUSTOMER

MAPPING = CUSTOMER.mapping()
INVERSES = (
    Inverse("email", "email", "email"),
    Inverse("name", "name", "name"),
    Inverse("admin", "is_admin", "admin", yes_no),
    *(Inverse(part, part, part) for part in ("street", "zip", "city", "country")),
    Inverse("created", "created", "created"),
)
PASSWORD = "pw_hash"  # the field, which the feed withholds, and the column
_ROW = """
SELECT id, email, name, pw_hash, is_admin, street, zip, city, country, created::text AS created
FROM customer WHERE id = $1 FOR UPDATE
"""
# Spelled alike at the owner: new_services/accounts/owner/side.py.
_SUMS = """
SELECT count(*) AS customers, coalesce(max(id), 0) AS newest,
       coalesce(sum(('x' || left(md5(concat_ws(' ', id, email, pw_hash)), 12))::bit(48)::bigint), 0)
           AS logins
FROM customer
"""
_BLOCKS = """
SELECT id / $1 AS block,
       sum(('x' || left(md5(concat_ws(' ', id, email, pw_hash)), 12))::bit(48)::bigint)::text AS sum
FROM customer GROUP BY 1
"""
_LOGINS = "SELECT id, email, pw_hash FROM customer WHERE id / $1 = ANY ($2::bigint[])"


def customer_row(customer: Fields[str, Any]) -> dict[str, Value]:
    """The columns of a new customer."""
    row = {each.column: each.write(customer[each.source]) for each in INVERSES}
    return {"id": customer["id"], **row, PASSWORD: customer[PASSWORD]}


def changed_columns(row: Fields[str, Value], customer: Fields[str, Any]) -> dict[str, Value]:
    """Of a row that is there, what is to be written."""
    columns = differing(MAPPING, INVERSES, row, customer)
    if row[PASSWORD] != customer[PASSWORD]:
        columns[PASSWORD] = customer[PASSWORD]
    return columns


async def write(
    connection: asyncpg.Connection, rows: Fields[str, Fields[str, Fields[str, Any] | None]]
) -> None:
    """In the open transaction. A row that the owner does not have was made past the fence: it is
    named by the feed and left to a person, here as there."""
    for key, customer in rows.get(entities.CUSTOMER, {}).items():
        if customer is None:
            continue
        found = await connection.fetchrow(_ROW, int(key))
        if found is None:
            await connection.execute(*_insert(customer_row(customer)))
            continue
        columns = changed_columns(dict(found), customer)
        if columns:
            await connection.execute(*_update(int(key), columns))


async def sums(connection: "asyncpg.Connection | asyncpg.Pool") -> Sums:
    row = await connection.fetchrow(_SUMS)
    return {name: str(value) for name, value in row.items()}


@dataclass(frozen=True, slots=True)
class LegacyHandOver:
    """See HandOver."""

    pool: asyncpg.Pool

    async def sums(self, block: int) -> Fields[int, str]:
        async with translated():
            rows = await self.pool.fetch(_BLOCKS, block)
        return {row["block"]: row["sum"] for row in rows}

    async def logins(self, block: int, wanted: Sequence[int]) -> Sequence[AddressedLogin]:
        async with translated():
            rows = await self.pool.fetch(_LOGINS, block, wanted)
        return [AddressedLogin(row["id"], row["email"], row["pw_hash"]) for row in rows]


def _insert(row: Fields[str, Value]) -> Sequence[Any]:
    places = ", ".join(_place(name, number) for number, name in enumerate(row, 1))
    return f"INSERT INTO customer ({', '.join(row)}) VALUES ({places})", *row.values()


def _update(customer_id: int, columns: Fields[str, Value]) -> Sequence[Any]:
    sets = ", ".join(f"{name} = {_place(name, place)}" for place, name in enumerate(columns, 2))
    return f"UPDATE customer SET {sets} WHERE id = $1", customer_id, *columns.values()


def _place(column: str, number: int) -> str:
    return f"${number}::text::timestamp" if column == "created" else f"${number}"
