"""The inventory must know who owns the orders, also while there are no orders: a count on the shelf
goes to the owner, and services that keep a copy of the stock get it from the inventory.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from chassis.database import DatabaseAway
from chassis.ownership.records import Records
from contracts.ownership import Stamp
from new_services.orders.owner.record import stamped

log = logging.getLogger("ownership")

LOOK_SECONDS = 1.0


async def inform(
    records: Records,
    send: Callable[[Stamp], Awaitable[None]],
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """For ever: `send` each owner once, and the end of its window; again where it fails."""
    known: Stamp | None = None
    while True:
        try:
            record = await records.look()
            stamp = stamped(record)
            if record.writer is not None and stamp != known:
                await send(stamp)
                known = stamp
        except (*DatabaseAway, TimeoutError) as error:
            log.info("the inventory does not know yet who owns the orders: %s", error)
        await pause(LOOK_SECONDS)
