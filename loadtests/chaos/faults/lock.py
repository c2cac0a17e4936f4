"""Somebody locks legacy's stock table, as a migration or a careless session would."""

from __future__ import annotations

import time
from contextlib import suppress

import psycopg

from loadtests.chaos.stack import Stack

LOOK_SECONDS = 0.25
LOCK = "SET lock_timeout = '5s'; LOCK TABLE stock IN ACCESS EXCLUSIVE MODE"
BLOCKED = "SELECT pid FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))"
SUPERUSER = "postgres"  # the monolith's own role may hold no lock for so long


def locked(stack: Stack, seconds: float) -> int:
    """Hold it for so long, or until the database dies; how many sessions waited, each once."""
    waited: set[int] = set()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with suppress(psycopg.Error, OSError):
            _hold(stack, until, waited)
        time.sleep(LOOK_SECONDS)
    return len(waited)


def _hold(stack: Stack, until: float, waited: set[int]) -> None:
    with (
        stack.database("legacy", SUPERUSER) as holder,
        stack.database("legacy", SUPERUSER) as looker,
        holder.transaction(),
    ):
        holder.execute(LOCK)
        while time.monotonic() < until:
            rows = looker.execute(BLOCKED, [holder.info.backend_pid]).fetchall()
            waited.update(row[0] for row in rows)
            time.sleep(LOOK_SECONDS)
