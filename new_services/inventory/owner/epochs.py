"""Who owns the orders, as the calls of the orders service say it: the highest epoch is believed.

The epoch is a fencing token, and kept in the record of the domain (chassis.ownership), which no
cutover of this service changes. A call without one (0) comes from a version that knows none, and
speaks for the monolith.
"""

from dataclasses import astuple

import asyncpg

from contracts.ownership import Stamp

DOMAIN = "orders"

# Part of a statement's WITH: a row where the stamp in these parameters is the one in force.
FENCE = f"""fence AS MATERIALIZED (
    SELECT FROM domain_owner WHERE domain = '{DOMAIN}' AND (owner = 'new') = {{ours}}
    AND ({{epoch}} = 0 OR (epoch = {{epoch}} AND window_open = {{window}})))"""

_RAISE = f"""
UPDATE domain_owner SET epoch = $1, owner = CASE WHEN $2 THEN 'new' ELSE 'legacy' END,
    window_open = $3, since_lsn = $4
WHERE domain = '{DOMAIN}' AND (epoch < $1 OR (epoch = $1 AND window_open AND NOT $3))
"""
_NOW = f"""
SELECT epoch, owner = 'new' AS ours, window_open AS window, since_lsn AS since FROM domain_owner
WHERE domain = '{DOMAIN}'
"""


class Stale(Exception):
    """The call's epoch is over; the orders have changed their owner since."""


async def enter(connection: asyncpg.Connection, stamp: Stamp) -> None:
    """Keep what the stamp says if it is newer. Raises Stale."""
    row = await connection.fetchrow(_NOW)
    if stamp.epoch and Stamp(*row) != stamp:
        await connection.execute(_RAISE, *astuple(stamp))
        row = await connection.fetchrow(_NOW)
    known = Stamp(*row)
    if known.ours != stamp.ours or stamp.epoch not in (known.epoch, 0):
        raise Stale(f"epoch {stamp.epoch} is over: it is {known.epoch} now")
