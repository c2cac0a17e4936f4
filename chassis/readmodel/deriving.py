"""Rows, and the documents that are derived of them, are written by one transaction at a time.

A transaction that reads a row to make a document of it, while another transaction is changing the
row and the document with it, makes it of the old row, and may be the last to write it: stale for
good. So who projects and who repairs take this lock before they read or write a row, and hold it
until their transaction ends.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import asyncpg

Rows: TypeAlias = Mapping[str, Sequence[Mapping[str, Any]]]  # of tables, by entity
# A key, what would be derived of its rows now, and what is kept; None: nothing.
Compared: TypeAlias = tuple[str, Mapping[str, Any] | None, Mapping[str, Any] | None]

# By schema: tables that are made again beside the live ones have a projection of their own.
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('deriving in ' || current_schema()), 4)"


async def lock(connection: asyncpg.Connection) -> None:
    """In the open transaction, first of all; whoever holds it already gets it again."""
    await connection.execute(_LOCK)
