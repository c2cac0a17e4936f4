"""The reverse feed writes the present state of what changed, and is overtaken by nobody."""

import asyncio
import contextlib
from dataclasses import replace
from typing import Any

import pytest

from chassis.ownership import reverse as module
from chassis.ownership.record import Owner, Record
from chassis.ownership.reverse import ReverseFeed
from chassis.ownership.sides import Late, LegacyAway
from tests.rigs.ownership.protocol import MemoryLegacy, MemoryRecords, MemorySide


class Connection:
    """A database with rows of owned_change: (number, entity, key)."""

    def __init__(self, *rows: tuple[int, str, str]) -> None:
        self.rows = list(rows)

    @contextlib.asynccontextmanager
    async def transaction(self, **_: Any) -> Any:
        yield

    async def fetch(self, _: str, domain: str, most: int) -> list[tuple[int, str, str]]:
        assert domain == "goods"
        keys = {row[1:] for row in self.rows[:most]}
        return [row for row in self.rows if row[1:] in keys]

    async def fetchval(self, _: str) -> int:
        return 99  # the next number

    async def execute(self, _: str, domain: str, numbers: list[int]) -> None:
        assert domain == "goods"
        self.rows = [row for row in self.rows if row[0] not in numbers]


def feed(record: Record) -> tuple[ReverseFeed, MemoryLegacy]:
    records = MemoryRecords(stored=record)
    legacy = MemoryLegacy(records)
    return ReverseFeed("", records, legacy, MemorySide()), legacy


OWNED = Record("goods", Owner.NEW, epoch=4, window_open=True)


async def test_the_present_state_of_each_key_is_written_once() -> None:
    reverse, legacy = feed(OWNED)
    connection = Connection((1, "product", "5"), (2, "product", "6"), (3, "product", "5"))
    await reverse._look(connection)  # type: ignore[arg-type]
    (batch,) = legacy.applied
    assert (batch.epoch, batch.turn, batch.position) == (4, 0, 3)
    assert batch.rows == {"product": {"5": {"id": "5"}, "6": {"id": "6"}}}
    assert (connection.rows, reverse.position, reverse.trouble) == ([], 3, "")


async def test_the_next_batch_comes_after_a_moment_unless_this_one_was_full(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "PACE_SECONDS", 60.0)
    reverse, legacy = feed(OWNED)
    connection = Connection((1, "product", "5"))
    looking = asyncio.create_task(reverse._look(connection))  # type: ignore[arg-type]
    while connection.rows:  # noqa: ASYNC110 - it is written at once; only the next one waits
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(legacy.applied) == 1
    assert not looking.done()
    looking.cancel()
    monkeypatch.setattr(module, "BATCH", 1)
    connection.rows = [(2, "product", "6")]
    async with asyncio.timeout(30.0):
        await reverse._look(connection)  # type: ignore[arg-type]
    assert len(legacy.applied) == 2


async def test_a_batch_that_was_overtaken_is_kept_and_not_written() -> None:
    reverse, legacy = feed(OWNED)
    connection = Connection((1, "product", "5"))
    turn = legacy.turn

    async def overtaken() -> int:
        found = await turn()
        legacy.turns += 1
        return found

    legacy.turn = overtaken  # type: ignore[method-assign]
    with pytest.raises(Late):
        await reverse._look(connection)  # type: ignore[arg-type]
    assert legacy.applied == []
    assert len(connection.rows) == 1
    legacy.turn = turn  # type: ignore[method-assign]
    await reverse._look(connection)  # type: ignore[arg-type]
    assert (len(legacy.applied), connection.rows) == (1, [])


class Pool:
    """A change that legacy has after so many looks."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    async def fetchval(self, _: str, domain: str, seq: int) -> bool:
        assert (domain, seq) == ("goods", 7)
        self.looks -= 1
        return self.looks > 0


async def test_a_write_waits_a_moment_until_legacy_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "POLL_SECONDS", 0.0)
    reverse, _ = feed(OWNED)
    reverse.trouble = ""
    reverse.records.pool = pool = Pool(3)  # type: ignore[assignment]
    await reverse.given(7)
    assert pool.looks == 0
    # not for long, and not at all while something is in the way
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.0)
    pool.looks = 1000
    await reverse.given(7)
    reverse.trouble = "legacy's database is away"
    await reverse.given(7)
    assert pool.looks > 900


async def test_without_a_window_nothing_is_written_and_nothing_piles_up() -> None:
    reverse, legacy = feed(Record("goods", Owner.NEW, window_open=False))
    connection = Connection((1, "product", "5"))
    await reverse._look(connection)  # type: ignore[arg-type]
    assert (legacy.applied, connection.rows) == ([], [])


async def test_behind_a_closed_window_what_other_services_keep_is_published() -> None:
    published: list[Any] = []

    class StatePublisher:
        async def publish(self, record: Record, pending: Any, rows: Any, seq: int) -> None:
            published.append((record.epoch, [each.key for each in pending], rows, seq))

    reverse, legacy = feed(Record("goods", Owner.NEW, epoch=4, window_open=False))
    reverse.publisher = StatePublisher()  # type: ignore[assignment]
    connection = Connection((1, "product", "5"))
    await reverse._look(connection)  # type: ignore[arg-type]
    assert published == [(4, ["5"], {"product": {"5": {"id": "5"}}}, 99)]
    assert (legacy.applied, connection.rows) == ([], [])
    # without a monolith there is nothing to write into while the window is open
    reverse.legacy, reverse.records = None, MemoryRecords(stored=OWNED)
    with pytest.raises(LegacyAway):
        await reverse._look(Connection((2, "product", "5")))  # type: ignore[arg-type]


async def test_what_is_written_while_a_window_closes_is_not_lost_to_legacy() -> None:
    published: list[Any] = []

    class StatePublisher:
        async def publish(self, _: Record, pending: Any, rows: Any, seq: int) -> None:
            published.extend(each.key for each in pending)

    reverse, legacy = feed(OWNED)
    reverse.publisher = StatePublisher()  # type: ignore[assignment]
    connection = Connection()

    @contextlib.asynccontextmanager
    async def closed_before_it(**_: Any) -> Any:
        """The window ends between the look at the record and the reading of the rows."""
        reverse.records.stored = replace(OWNED, window_open=False)  # type: ignore[attr-defined]
        connection.rows = connection.rows or [(1, "window", "goods"), (2, "product", "5")]
        yield

    connection.transaction = closed_before_it  # type: ignore[method-assign]
    await reverse._look(connection)  # type: ignore[arg-type]
    assert (legacy.applied, published, len(connection.rows)) == ([], [], 2)
    await reverse._look(connection)  # type: ignore[arg-type]
    assert (legacy.applied, published, connection.rows) == ([], ["goods", "5"], [])


async def test_what_is_legacys_is_let_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AWAY_SECONDS", 0.0)
    reverse, legacy = feed(Record("goods"))
    connection = Connection((1, "product", "5"))
    await reverse._look(connection)  # type: ignore[arg-type]
    assert (legacy.applied, len(connection.rows)) == ([], 1)


async def test_what_this_process_writes_itself_it_says_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 3600.0)
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 3600.0)
    reverse, legacy = feed(OWNED)
    reverse.trouble, reverse._active = "", True
    reverse.records.pool = Pool(1000)  # type: ignore[assignment]
    waiting = asyncio.create_task(reverse.given(7))
    await asyncio.sleep(0)
    await reverse._look(Connection((7, "product", "5")))  # type: ignore[arg-type]
    await asyncio.wait_for(waiting, 10)
    assert len(legacy.applied) == 1
    await asyncio.wait_for(reverse.given(7), 10)  # also to who asks after it was written
    assert reverse._waiting == {}
