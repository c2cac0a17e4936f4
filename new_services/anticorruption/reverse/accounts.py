"""A customer as we own them -> the monolith's row; and what its customers log in with, for us.

The hash of a password goes both ways: to us before the cutover and at its fence, to the monolith
with each customer that we make, in the notation that both read.
"""

from collections.abc import Mapping as Fields
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from chassis.ownership.sides import Rows
from contracts.feed import entities
from contracts.feed.change import Value
from contracts.logins import AddressedLogin
from new_services.anticorruption.reverse.fence import translated
from new_services.anticorruption.reverse.inverse import Inverse, inserting, updating
from new_services.anticorruption.tables import CUSTOMER

INVERSE = Inverse.of(
    CUSTOMER.mapping(), "email", "name", "admin", "street", "zip", "city", "country", "created"
)
PASSWORD = "pw_hash"  # the field, which the feed withholds, and the column
_ROW = """
SELECT id, email, name, pw_hash, is_admin, street, zip, city, country, created::text AS created
FROM customer WHERE id = $1 FOR UPDATE
"""
# Spelled alike at the owner: new_services/accounts/owner/side.py.
SUMS = """
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
    return {"id": customer["id"], **INVERSE.row(customer), PASSWORD: customer[PASSWORD]}


def changed_columns(row: Fields[str, Value], customer: Fields[str, Any]) -> dict[str, Value]:
    """Of a row that is there, what is to be written."""
    columns = INVERSE.differing(row, customer)
    if row[PASSWORD] != customer[PASSWORD]:
        columns[PASSWORD] = customer[PASSWORD]
    return columns


async def write(connection: asyncpg.Connection, rows: Rows) -> None:
    """In the open transaction. A row that the owner does not have was made past the fence: it is
    named by the feed and left to a person, here as there."""
    for key, customer in rows.get(entities.CUSTOMER, {}).items():
        if customer is None:
            continue
        found = await connection.fetchrow(_ROW, int(key))
        if found is None:
            await connection.execute(*inserting("customer", customer_row(customer)))
            continue
        columns = changed_columns(dict(found), customer)
        if columns:
            await connection.execute(*updating("customer", int(key), columns))


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
