"""Connections to PostgreSQL: an asyncpg pool for answering and projecting."""

import logging

import asyncpg

log = logging.getLogger("database")

# What a call raises while the server is away, starting or stopping: worth trying again.
DatabaseAway = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
)

# Part of a statement's WITH, to be read FROM: this commit need not wait until the disk has it.
SOON = "soon AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))"


async def keep_as_it_is(connection: asyncpg.Connection) -> None:
    """Instead of asyncpg's reset: our statements leave no state behind; spare the round trip."""


async def open_pool(url: str, name: str, size: int, generic: bool = False) -> asyncpg.Pool:
    """A pool that connects when first used, so that a process starts while PostgreSQL is away.

    `generic`: each statement is planned once for all values. Where statements only look up rows
    by key, PostgreSQL makes the same plan again and again otherwise; where they search, that pays.
    """
    plan = {"plan_cache_mode": "force_generic_plan"} if generic else {}
    return await asyncpg.create_pool(
        url,
        min_size=0,
        max_size=size,
        reset=keep_as_it_is,
        command_timeout=10,
        timeout=3,
        server_settings={"application_name": name, **plan},
    )
