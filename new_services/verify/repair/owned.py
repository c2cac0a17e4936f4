"""What a service owns of what it holds: legacy is its replica there, and nothing to repair by."""

import asyncpg

from contracts.cutover import ENTITIES
from contracts.feed.entities import MOVEMENT, STOCK

# Of the orders the inventory has its own part.
OF_OTHERS = {"orders": (STOCK, MOVEMENT)}
_HAS_RECORD = "SELECT to_regclass('domain_owner') IS NOT NULL"
_OWNED = "SELECT domain FROM domain_owner WHERE owner = 'new' OR phase <> 'settled'"


async def owned(connection: asyncpg.Connection) -> dict[str, str]:
    """The entities that the service at this connection owns, or may own in a moment, each with its
    domain."""
    if not await connection.fetchval(_HAS_RECORD):
        return {}
    domains = [row["domain"] for row in await connection.fetch(_OWNED)]
    return {
        entity: domain
        for domain in domains
        for entity in (*ENTITIES[domain], *OF_OTHERS.get(domain, ()))
    }
