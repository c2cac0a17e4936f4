"""What a service of the new side has that owns its domain for good, and never had another owner."""

from collections.abc import Mapping, Sequence

import asyncpg

from new_services.seed import shop

# The domain whose record is in the service's database; the inventory has that of the orders, too.
DOMAINS: Mapping[str, str] = {
    "catalog": "goods", "orders": "orders", "inventory": "orders", "accounts": "accounts",
}  # fmt: skip
EPOCH = 2  # as after one cutover
# Settled, as it is made; the window is closed, as it is made.
_OWN = """
UPDATE domain_owner SET owner = 'new', epoch = $2, attempt = 1, window_open = false
WHERE domain = $1 AND owner = 'legacy'
"""
_LOGINS = """
INSERT INTO login (customer_id, address, pw_hash)
SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[])
"""
_NUMBER = "SELECT setval('customer_number', $1)"


async def own(connection: asyncpg.Connection, service: str) -> None:
    """Make the service the owner, in the open transaction."""
    if service in DOMAINS:
        await connection.execute(_OWN, DOMAINS[service], EPOCH)


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
