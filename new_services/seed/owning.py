"""What a service of the new side has that owns its domain for good, and never had another owner."""

from collections.abc import Mapping, Sequence

import asyncpg

from new_services.seed import shop

# The domain whose record is in the service's database; the inventory has that of the orders, too.
DOMAINS: Mapping[str, str] = {
    "catalog": "goods", "orders": "orders", "inventory": "orders", "accounts": "accounts",
}  # fmt: skip
# Domains of others of which a service keeps copies: their owners publish what changes.
COPIES: Mapping[str, Sequence[str]] = {
    "catalog": ("orders",), "inventory": ("goods",), "orders": ("goods", "accounts"),
    "sales": ("goods", "orders", "accounts"),
}  # fmt: skip
EPOCH = 2  # as after one cutover
SINCE = 1  # what an owner publishes is newer than the seed, whose rows have this place in the log
# Settled, as it is made; the window is closed, as it is made.
_OWN = """
INSERT INTO domain_owner (domain, owner, epoch, attempt, window_open, since_lsn)
VALUES ($1, 'new', $2, 1, false, $3)
ON CONFLICT (domain) DO UPDATE SET owner = 'new', epoch = $2, attempt = 1, window_open = false,
    since_lsn = $3
"""
_LOGINS = """
INSERT INTO login (customer_id, address, pw_hash)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[])
"""
_NUMBER = "SELECT setval('customer_number', $1)"


async def own(connection: asyncpg.Connection, service: str) -> None:
    """Make the service the owner, in the open transaction, and let it know the other owners."""
    own = [DOMAINS[service]] if service in DOMAINS else []
    for domain in (*own, *COPIES.get(service, ())):
        await connection.execute(_OWN, domain, EPOCH, SINCE)


async def open_accounts(
    connection: asyncpg.Connection, customers: Sequence[shop.Row], hashes: Mapping[bool, str]
) -> None:
    """What the customers log in with, and the number that the next one is given after. `hashes`: of
    the password of an admin (True), and of everybody else's."""
    await connection.execute(
        _LOGINS,
        [each["id"] for each in customers],
        [each["email"] for each in customers],
        [hashes[each["admin"]] for each in customers],
    )
    await connection.execute(_NUMBER, max(each["id"] for each in customers))
