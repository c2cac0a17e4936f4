"""Forgets what has ended long ago: first the names clients gave, later the sagas they named.

In this order, because a name whose saga is forgotten would place its order again.
"""

import asyncio
import logging
import time
from collections.abc import Callable

import asyncpg

from chassis.database import DatabaseAway
from chassis.saga.postgres import FORGET

log = logging.getLogger("orders.cleaning")

DAY = 24 * 3600.0
KEEP_KEYS = 7 * DAY
KEEP_SAGAS = 2 * KEEP_KEYS
EVERY_SECONDS = 600.0
AT_ONCE = 2000  # rows, so that no lock is held for long

_KEYS = """
DELETE FROM request_key WHERE (email, key) IN (
    SELECT email, key FROM request_key WHERE created < to_timestamp($1) LIMIT $2)
"""


async def clean(pool: asyncpg.Pool, now: float) -> None:
    """Until nothing is left that is too old; `now` in unix seconds."""
    for statement, keep in ((_KEYS, KEEP_KEYS), (FORGET, KEEP_SAGAS)):
        done = ""
        while done != "DELETE 0":
            done = await pool.execute(statement, now - keep, AT_ONCE)


async def run(pool: asyncpg.Pool, clock: Callable[[], float] = time.time) -> None:
    """For ever; what fails is tried again the next time."""
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        try:
            await clean(pool, clock())
        except (*DatabaseAway, asyncpg.PostgresError, TimeoutError) as error:
            # Also a deadlock: another instance cleans at the same time.
            log.warning("not cleaned: %s", f"{type(error).__name__}: {error}")
