"""Watches how much log the slot holds back, also while the feed itself cannot run."""

import asyncio

import psycopg
from psycopg import AsyncConnection

from new_services.feed.log import slot
from new_services.feed.log.slot import Held
from new_services.feed.settings import FeedSettings
from new_services.feed.status import Status

LOOK_SECONDS = 1.0
MIB = 1024 * 1024


def alarming(held: Held, share: float, without_limit: int) -> str | None:
    """What is alarming about it: `share` of the limit, or `without_limit` bytes."""
    kept = f"{held.kept / MIB:.0f} MiB of log"
    if held.lost:
        return "the slot is lost: every table will be read again"
    if held.limit is None:
        if held.kept > without_limit:
            return f"the slot holds back {kept}, and nothing limits it"
        return None
    if held.kept > share * held.limit:
        limit = f"{held.limit / MIB:.0f} MiB"
        return f"the slot holds back {kept} of {limit}; beyond that it is lost"
    return None


async def watch(settings: FeedSettings, status: Status) -> None:
    """For ever, on a connection of its own."""
    while True:
        try:
            async with await AsyncConnection.connect(
                settings.legacy_url, autocommit=True, connect_timeout=5, application_name="fig-feed"
            ) as connection:
                while True:
                    _report(await slot.held(connection, settings.slot), settings, status)
                    await asyncio.sleep(LOOK_SECONDS)
        except psycopg.Error:
            await asyncio.sleep(LOOK_SECONDS)  # away: then the log does not grow either


def _report(held: Held | None, settings: FeedSettings, status: Status) -> None:
    if held is None:
        status.alarm("slot", None)
        return
    status.slot_bytes, status.slot_limit = held.kept, held.limit or 0
    status.alarm("slot", alarming(held, settings.slot_alarm, settings.slot_alarm_mb * MIB))
