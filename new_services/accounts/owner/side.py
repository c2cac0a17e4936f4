"""The accounts for a cutover: the logins that are handed over, sums, and customers for legacy, or
behind a closed window for those who keep copies.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson

from chassis.ownership.sides import Pending, Rows, Sums, summed
from contracts.events.owned import CustomerChanged
from contracts.feed.entities import CUSTOMER
from contracts.logins import AddressedLogin, HandOver

BLOCK = 1000  # customers, whose logins are compared and copied together
_NUMBERS = "SELECT last_value FROM customer_number"
_TAKE = "SELECT setval('customer_number', greatest($1, last_value)) FROM customer_number"
# Spelled alike at legacy: new_services/anticorruption/reverse/accounts.py.
_HASHED = (
    "coalesce(sum(('x' || left(md5(concat_ws(' ', customer_id, address, pw_hash)), 12))"
    "::bit(48)::bigint), 0)"
)
_SUMS = f"""
SELECT (SELECT count(*) FROM mirror WHERE entity = 'customer' AND NOT gone) AS customers,
       (SELECT coalesce(max(key::bigint), 0) FROM mirror
        WHERE entity = 'customer' AND NOT gone) AS newest,
       (SELECT {_HASHED} FROM login) AS logins
"""
_BLOCKS = f"SELECT customer_id / $1 AS block, {_HASHED}::text AS sum FROM login GROUP BY 1"
_FORGET = "DELETE FROM login WHERE customer_id / $1 = ANY ($2::bigint[])"
_STORE = """
INSERT INTO login (customer_id, address, pw_hash)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[])
"""
_CUSTOMERS = """
SELECT key, fields::text AS fields, pw_hash
FROM mirror JOIN login ON login.customer_id = mirror.key::bigint
WHERE entity = 'customer' AND NOT gone AND key = ANY ($1::text[])
"""
_AGAIN = """
INSERT INTO owned_change (domain, entity, key)
SELECT 'accounts', entity, key FROM mirror WHERE entity = 'customer' AND NOT gone ORDER BY key
"""


def event_of(customer: Mapping[str, Any], version: tuple[int, int]) -> CustomerChanged:
    """The event of a customer as `read` has it; nothing to log in with leaves the service."""
    said = {part: customer[part] for part in ("email", "name", "street", "zip", "city")}
    return CustomerChanged(number=customer["id"], **said, lsn=version[0], seq=version[1])


@dataclass(frozen=True, slots=True)
class AccountsSide:
    """See OwnSide. `legacy` is None where there is no monolith: nothing is handed over then."""

    pool: asyncpg.Pool
    legacy: HandOver | None

    async def sums(self) -> Sums:
        return await summed(self.pool, _SUMS)

    async def prepare(self) -> None:
        """See OwnSide: all logins as they are now."""
        await self._copy()

    async def take(self, numbers: Mapping[str, int]) -> None:
        await self._copy()
        await self.pool.execute(_TAKE, numbers["customer_id"])

    async def numbers(self) -> Mapping[str, int]:
        return {"customer_id": await self.pool.fetchval(_NUMBERS)}

    async def again(self, connection: asyncpg.Connection) -> None:
        await connection.execute(_AGAIN)

    async def read(self, connection: asyncpg.Connection, pending: Sequence[Pending]) -> Rows:
        keys = sorted({each.key for each in pending if each.entity == CUSTOMER}, key=int)
        rows = await connection.fetch(_CUSTOMERS, keys)
        found = {
            row["key"]: {
                **orjson.loads(row["fields"]),
                "id": int(row["key"]),
                "pw_hash": row["pw_hash"],
            }
            for row in rows
        }
        return {CUSTOMER: {key: found.get(key) for key in keys}}

    async def _copy(self) -> None:
        """Legacy's logins in place of ours, in the blocks in which they differ."""
        assert self.legacy is not None, "only a cutover copies"
        ours = {row["block"]: row["sum"] for row in await self.pool.fetch(_BLOCKS, BLOCK)}
        theirs = await self.legacy.sums(BLOCK)
        differing = [block for block in {*ours, *theirs} if ours.get(block) != theirs.get(block)]
        if differing:
            await self._put(differing, await self.legacy.logins(BLOCK, differing))

    async def _put(self, blocks: Sequence[int], logins: Sequence[AddressedLogin]) -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute(_FORGET, BLOCK, blocks)
            await connection.execute(
                _STORE,
                [each.customer_id for each in logins],
                [each.address for each in logins],
                [each.password_hash for each in logins],
            )
