"""What the feed says of a domain that we own changes nothing; a rogue write is named."""

from typing import Any

import pytest

from chassis.ownership.echo import Echo
from chassis.ownership.record import Owner, Record
from contracts.cutover import ECHO, FENCE
from contracts.feed.change import Change, Op
from contracts.feed.facts import Cleared, Fact, Gone, Reached, Stored
from tests.rigs.ownership.protocol import MemoryRecords


class Connection:
    """Keeps what was written."""

    def __init__(self) -> None:
        self.written: list[tuple[Any, ...]] = []

    async def execute(self, statement: str, *values: Any) -> None:
        self.written.append((statement.split()[2], *values))


def published(
    op: Op, lsn: int, origin: str = "", entity: str = "product"
) -> tuple[Change, tuple[Fact, ...]]:
    change = Change(entity, op, {"id": 1}, None, {}, lsn, 1, 9, "2026-01-01T00:00:00Z", origin)
    if op is Op.SNAPSHOT_END:
        return change, (Cleared(entity, change.version),)
    fact = Gone(entity, 1, change.version) if op is Op.DELETE else None
    return change, (fact or Stored(entity, 1, {}, change.version),)


async def sifted(record: Record, *changes: Any) -> tuple[list[int], list[tuple[Any, ...]]]:
    """The positions of the facts that are applied, and what was written besides."""
    records, connection = MemoryRecords(stored=record), Connection()
    echo = Echo(records, frozenset({"product"}), "floor")
    facts = await echo.sift(connection, changes)  # type: ignore[arg-type]
    return [fact.version[0] for fact in facts], connection.written


async def test_of_a_domain_that_was_never_ours_everything_is_applied() -> None:
    tick = (Change("watermark", Op.WATERMARK, {}, None, {}, 6, 1, 9, ""), (Reached(5),))
    applied = await sifted(Record("goods"), published(Op.INSERT, 5), tick, published(Op.DELETE, 7))
    assert applied == ([5, 7], [])


async def test_after_the_way_back_what_is_behind_it_is_applied() -> None:
    record = Record("goods", Owner.LEGACY, since_lsn=10)
    changes = [
        published(Op.UPDATE, 9, f"{ECHO}goods"),
        published(Op.UPDATE, 10),
        published(Op.UPDATE, 11),
    ]
    assert await sifted(record, *changes) == ([11], [])


async def test_an_echo_of_ours_is_passed_over() -> None:
    record = Record("goods", Owner.NEW, since_lsn=10)
    mine = published(Op.UPDATE, 11, f"{ECHO}goods")
    assert await sifted(record, mine, published(Op.SNAPSHOT, 12)) == ([], [])


@pytest.mark.parametrize("origin", ["", f"{ECHO}orders", "somebody"])
async def test_anybody_elses_is_a_rogue_write_and_not_applied(origin: str) -> None:
    record = Record("goods", Owner.NEW, since_lsn=10)
    applied, written = await sifted(record, published(Op.UPDATE, 11, origin))
    assert applied == []
    (table, domain, lsn, _, said), put_right = written
    assert put_right == ("owned_change", "goods", "product", "1")
    assert (table, domain, lsn) == ("rogue_write", "goods", 11)
    assert "update product 1" in said


@pytest.mark.parametrize("op", [Op.INSERT, Op.DELETE])
async def test_a_row_made_or_deleted_past_the_fence_is_named_for_a_person(op: Op) -> None:
    _, written = await sifted(Record("goods", Owner.NEW, since_lsn=10), published(op, 11))
    assert [table for table, *_ in written] == ["rogue_write"]


async def test_other_entities_go_on() -> None:
    record = Record("goods", Owner.NEW, since_lsn=10)
    assert await sifted(record, published(Op.UPDATE, 11, entity="stock")) == ([11], [])


async def test_a_table_read_again_is_whole_and_loses_nothing_of_ours() -> None:
    record = Record("goods", Owner.NEW, since_lsn=10)
    applied, written = await sifted(record, published(Op.SNAPSHOT_END, 12))
    assert (applied, written) == ([], [("floor", "product", 12, 1)])


async def test_the_fence_is_a_place_in_the_log() -> None:
    records, connection = MemoryRecords(), Connection()
    echo = Echo(records, frozenset({"product"}), "floor")
    mine = published(Op.WATERMARK, 50, f"{FENCE}goods")[0]
    others = published(Op.WATERMARK, 60, f"{FENCE}orders")[0]
    assert echo.fence([mine, others]) == 50
    assert echo.fence([others]) == 0
    await echo.reached(connection, 50)  # type: ignore[arg-type]
    assert records.stored.reached_lsn == 50
