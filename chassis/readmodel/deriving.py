"""Rows, and the documents that are derived from them, are written by one transaction at a time.

A transaction that derives a document from a row while another transaction changes both reads the
old row, and may write its document last: it would stay stale. So the projection and the repair take
this lock before they read or write a row, and hold it until their transaction ends.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import asyncpg

Rows: TypeAlias = Mapping[str, Sequence[Mapping[str, Any]]]  # of tables, by entity
# (key, expected, stored); a None means no row.
Compared: TypeAlias = tuple[str, Mapping[str, Any] | None, Mapping[str, Any] | None]

# By schema: tables that are made again beside the live ones have a projection of their own.
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('deriving in ' || current_schema()), 4)"


async def lock(connection: asyncpg.Connection) -> None:
    """Take the lock, first of all in the open transaction; a holder may take it again."""
    await connection.execute(_LOCK)
