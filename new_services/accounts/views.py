"""The read side: a customer, by the number that a session names."""

from dataclasses import dataclass

import asyncpg
import orjson

_CUSTOMER = """
SELECT fields::text FROM mirror WHERE entity = 'customer' AND key = $1 AND NOT gone
"""


@dataclass(frozen=True, slots=True)
class Customer:
    """As legacy has the customer."""

    id: int
    email: str
    name: str
    admin: bool
    street: str
    zip: str
    city: str
    country: str
    created: str  # the shop's wall clock, ISO 8601


async def customer(pool: asyncpg.Pool, customer_id: int) -> Customer | None:
    """None: the feed has sent none with this number, or that legacy has the customer no more."""
    found = await pool.fetchval(_CUSTOMER, str(customer_id))
    return None if found is None else Customer(customer_id, **orjson.loads(found))
