"""`python -m loadtests.bench.verify [--orders N] [--write]`; `make bench-verify`.

How long `fig verify` takes where both sides hold the same: a shop with N orders more, and the read
model of the orders service filled with them by that service's own projection. `--write` puts the
figures into docs/performance.md.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

import asyncpg
import psycopg

from contracts.feed.entities import ORDER
from contracts.feed.facts import Cleared, Fact, Stored
from contracts.feed.mapping import Mapping as Table
from loadtests.bench.feed.world import World
from loadtests.bench.machine import PROJECT, described
from loadtests.bench.marks import put
from new_services.anticorruption.read_models import MAPPINGS
from new_services.orders.projections import Projection

BAR_SECONDS = 60.0
VERSION = (100, 0)
AT_ONCE = 5000  # rows in one commit
# What the shop's laws ask of an order: a line that was taken from the stock, and a payment.
LAWFUL = """
INSERT INTO variant (product_id, sku) SELECT min(id), 'BENCH' FROM product;
INSERT INTO stock (sku, qty) VALUES ('BENCH', 0);
INSERT INTO stock_movement (sku, qty_change, reason)
    SELECT 'BENCH', count(*), 'INIT' FROM orders WHERE order_no LIKE 'BENCH-%';
INSERT INTO stock_movement (sku, qty_change, reason, order_no)
    SELECT 'BENCH', -1, 'SALE', order_no FROM orders WHERE order_no LIKE 'BENCH-%';
INSERT INTO order_line (order_id, line_no, sku, name, qty, price)
    SELECT id, 1, 'BENCH', 'Article', 1, total FROM orders WHERE order_no LIKE 'BENCH-%';
INSERT INTO payment (order_id, amount, method, status)
    SELECT id, total, 'invoice', 'CAPTURED' FROM orders WHERE order_no LIKE 'BENCH-%';
ANALYZE;
"""
WAYS = {"checksums": (), "every row (--deep)": ("--deep",)}


async def fill(legacy_url: str, url: str) -> None:
    """Every row of legacy's, through the mappings and the projection of the orders service."""
    legacy, store = await asyncpg.connect(legacy_url), await asyncpg.connect(url)
    projection = Projection()
    # What is derived of an order is made when all tables are there: orders come last.
    for table in sorted(MAPPINGS["orders"], key=lambda each: each.entity == ORDER):
        async for facts in _facts(legacy, table):
            async with store.transaction():
                await projection.apply(store, facts)
    ahead = int((time.time() + 86_400) * 1e6)  # it has seen all that is written meanwhile
    await store.execute(
        "INSERT INTO reader_position (name, stream, sequence, watermark)"
        " VALUES ('legacy feed', 'bench', 1, $1)",
        ahead,
    )
    await store.execute("ANALYZE")
    await legacy.close()
    await store.close()


async def _facts(legacy: asyncpg.Connection, table: Table) -> AsyncIterator[list[Fact]]:
    """A table's rows in batches, and that there are no others."""
    plain = ("integer", "bigint", "smallint", "boolean")
    rows = await legacy.fetch(
        "SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute"
        " WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped",
        f"public.{table.table}",
    )
    columns = ", ".join(
        f'"{row["name"]}"' if row["type"] in plain else f'"{row["name"]}"::text' for row in rows
    )
    async with legacy.transaction():
        cursor = await legacy.cursor(f"SELECT {columns} FROM {table.table}")
        while found := await cursor.fetch(AT_ONCE):
            yield [_fact(table, dict(row)) for row in found]
    yield [Cleared(table.entity, VERSION)]


def _fact(table: Table, row: dict[str, Any]) -> Fact:
    return Stored(table.entity, row[table.key], table.translate(row), VERSION)


def verified(world: World, deep: tuple[str, ...]) -> tuple[float, float, Mapping[str, Any]]:
    """Seconds, its own seconds of CPU, and the report. Raises RuntimeError unless all is equal."""
    environment = os.environ | {
        "VERIFY_LEGACY_URL": world.url("legacy"),
        "VERIFY_ORDERS_URL": world.url("orders"),
    }
    program = [sys.executable, "-m", "new_services.verify", "verify", "orders"]
    before, began = os.times(), time.monotonic()
    done = subprocess.run(
        [*program, "--json", *deep], env=environment, cwd=PROJECT, capture_output=True, text=True
    )
    seconds, after = time.monotonic() - began, os.times()
    found: Mapping[str, Any] = json.loads(done.stdout or "{}")
    if done.returncode:
        raise RuntimeError(f"exit code {done.returncode}: {done.stdout[-2000:]} {done.stderr}")
    cpu = after.children_user - before.children_user
    return seconds, cpu + after.children_system - before.children_system, found


def measure(world: World, count: int) -> str:
    """The section of the page."""
    world.start_engines(count)
    with psycopg.connect(world.url("legacy")) as connection:
        connection.execute(LAWFUL)
    world.create("orders")
    asyncio.run(fill(world.url("legacy"), world.url("orders")))
    lines = [f"Machine: {described()}; load average {os.getloadavg()[0]:.1f} after filling.", "",
             "| all equal | rows | time | CPU of verify | CPU of PostgreSQL | bar |",
             "|---|---|---|---|---|---|"]  # fmt: skip
    for name, deep in WAYS.items():
        before = world.cpu_by_process()["postgres"]
        seconds, cpu, found = verified(world, deep)
        server = world.cpu_by_process()["postgres"] - before
        rows = sum(entity["rows"]["legacy"] for entity in found["entities"])
        bar = f"≤ {BAR_SECONDS:.0f} s" if not deep else ""
        lines.append(
            f"| {name} | {rows:,} | {seconds:.1f} s | {cpu:.1f} s | {server:.1f} s | {bar} |"
        )
    return "\n".join([*lines, ""])


def main() -> None:
    """Print the section; with --write, put it on the page."""
    parser = argparse.ArgumentParser(description="Measure fig verify where both sides agree.")
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    options = parser.parse_args()
    with World() as world:
        section = measure(world, options.orders)
    print(section)  # noqa: T201
    if options.write:
        put("bench-verify", section)


if __name__ == "__main__":
    main()
