"""The change feed against real engines: no gap, no duplicate, whatever is killed."""

import random
import threading
import time

import psycopg
import pytest

from contracts.change import Op

pytestmark = pytest.mark.integration


def expected(legacy, table: str, key: str) -> dict[str, dict[str, object]]:
    return {str(row[key]): row for row in legacy.rows(table)}


def comparable(rows: dict) -> dict:
    """Timestamps of SQL and of JSON are written with a space and with a T."""
    return {
        key: {
            name: value.replace("T", " ") if name == "updated" and value else value
            for name, value in row.items()
        }
        for key, row in rows.items()
    }


async def eventually(check, seconds: float = 30.0) -> None:
    import asyncio

    deadline = time.monotonic() + seconds
    while not await check():
        assert time.monotonic() < deadline, "not within the deadline"
        await asyncio.sleep(0.05)


class Writer(threading.Thread):
    """Commits random changes until told to stop."""

    def __init__(self, url: str, seed: int = 7) -> None:
        super().__init__(daemon=True)
        self._url = url
        self._random = random.Random(seed)
        self._stop_now = threading.Event()
        self.commits = 0

    def run(self) -> None:
        with psycopg.connect(self._url) as connection:
            while not self._stop_now.is_set():
                for _ in range(self._random.choice([1, 1, 1, 5])):
                    self._change(connection)
                if self._random.random() < 0.1:
                    connection.rollback()
                else:
                    connection.commit()
                    self.commits += 1
                self._stop_now.wait(0.002)

    def _change(self, connection: psycopg.Connection) -> None:
        number = self._random.randrange(1, 60)
        kind = self._random.random()
        if kind < 0.5:
            connection.execute(
                "INSERT INTO stock VALUES (%s, %s) ON CONFLICT (sku) DO UPDATE SET qty = %s",
                [f"S{number}", number, self._random.randrange(1000)],
            )
        elif kind < 0.6:
            connection.execute("DELETE FROM stock WHERE sku = %s", [f"S{number}"])
        elif kind < 0.8:
            connection.execute(
                "INSERT INTO product (sku, name, descr, price) VALUES (%s, 'ü', %s, '1.00')"
                " ON CONFLICT (sku) DO UPDATE SET name = excluded.name || %s",
                [f"P{number}", "long " * 1000, str(number)],
            )
        else:
            connection.execute(
                "UPDATE product SET price = %s WHERE sku = %s", [f"{number}.50", f"P{number}"]
            )

    def finish(self) -> None:
        self._stop_now.set()
        self.join(10)


@pytest.mark.timeout(100)
async def test_snapshot_and_stream_leave_no_gap_when_the_feed_is_killed(
    legacy, make_feed, read_stream, replay
):
    legacy.execute(
        "INSERT INTO product (sku, name, descr, price)"
        " SELECT 'X' || n, 'name', repeat('d', 3000), '9.99' FROM generate_series(1, 3000) n"
    )
    writer = Writer(legacy.owner)
    writer.start()
    chooser = random.Random(3)
    feed = make_feed()
    for _ in range(6):  # the first ones fall into the snapshot
        feed.start()
        time.sleep(chooser.uniform(0.3, 1.6))
        feed.kill()
    feed.start()
    await eventually(lambda: is_ready(feed))
    time.sleep(0.5)
    writer.finish()
    assert writer.commits > 100
    legacy.execute("INSERT INTO stock VALUES ('the-end', 1)")

    async def arrived() -> bool:
        return any(change.key.get("sku") == "the-end" for change in await read_stream())

    await eventually(arrived)
    changes = await read_stream()
    streamed = [c.version for c in changes if c.op not in (Op.SNAPSHOT, Op.SNAPSHOT_END)]
    assert streamed == sorted(set(streamed)), "a change was published twice or out of order"
    newest = max(c.lsn for c in changes if c.op is Op.SNAPSHOT_END)
    complete = [c for c in changes if c.lsn >= newest]
    assert comparable(replay(complete, "stock")) == expected(legacy, "stock", "sku")
    assert comparable(replay(complete, "product")) == comparable(expected(legacy, "product", "id"))


async def is_ready(feed) -> bool:
    return feed.readiness()[0] == 200
