"""What the feed makes of orders is rebuilt, and what our sagas wrote is not lost on the way."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import asyncpg
import orjson
import pytest

from chassis.readmodel.rebuild import NotRebuilt
from chassis.saga import Phase, State
from chassis.saga.storage.postgres import enqueue
from contracts.feed.facts import Cleared, Fact, Gone, Stored
from contracts.orders import Order
from migrations import runner
from new_services.orders import repository
from new_services.orders.projections import ENTITIES, Projection
from new_services.orders.rebuild import PART
from tests.rigs.shop.migrated import migrated

pytestmark = pytest.mark.integration

OWN = """
INSERT INTO order_document (order_no, email, status, own_body, own_at)
VALUES ($1, 'a@b.c', 'NEW', $2, $3)
ON CONFLICT (order_no) DO UPDATE SET own_body = $2, own_at = $3
WHERE order_document.own_at < $3
"""
BESIDE = (  # of every table that is not the feed's
    "INSERT INTO request_key VALUES ('a@b.c', 'tap', 'print', 's-1')",
    "INSERT INTO outbox (event_id, key, subject, body) VALUES ('e', 'k', 'events.x', '{}')",
    "INSERT INTO saga_story (saga_id, at, step, what, attempt, detail)"
    " VALUES ('s-1', 1, 'write', 'did', 1, '')",
    "INSERT INTO reader_position VALUES ('some other reader', 'events', 77)",
)


def head(number: int, status: str = "NEW", saga_id: str | None = None) -> Stored:
    fields = {
        "id": number, "order_no": f"SO-{number}", "customer_id": 5, "status": status,
        "total": "20.00", "po_number": None, "saga_id": saga_id, "pay_method": "card",
        "ship_name": "A", "ship_street": "S", "ship_zip": "1", "ship_city": "C",
        "created": "2026-01-01 00:00:00", "updated": "2026-01-01 00:00:00",
    }  # fmt: skip
    version = 1 if status == "NEW" else 2
    return Stored("order", number, fields, (version, 0))


def all_of(*orders: Fact) -> list[Fact]:
    """These orders, and that nothing else exists."""
    return [
        Stored("customer", 5, {"email": "a@b.c", "name": "A"}, (1, 0)),
        *orders,
        *(Cleared(entity, (1, 0)) for entity in ENTITIES),
    ]


NOW = 1_800_000_000_000_000  # unix microseconds

WROTE = Order(
    order_no="SO-1", status="NEW", total="20.00", po_number=None, pay_method="card", lines=(),
    ship={}, created="2026-01-01 00:00:00", updated="2026-01-01 00:00:00", saga_id="s-1",
)  # fmt: skip


class World:
    """The live database."""

    def __init__(self, url: str, connection: asyncpg.Connection) -> None:
        self.url = url
        self.connection = connection

    async def feed(self, *facts: Fact) -> None:
        async with self.connection.transaction():
            await Projection().apply(self.connection, facts)

    async def own(self, order_no: str, body: str, at: int) -> None:
        await self.connection.execute(OWN, order_no, body, at)

    async def documents(self) -> dict[str, tuple[Any, ...]]:
        """By order number: its number in legacy, the feed's status, what a saga left, when."""
        rows = await self.connection.fetch("SELECT * FROM order_document")
        return {
            row["order_no"]: (
                row["order_id"],
                row["body"] and orjson.loads(row["body"])["status"],
                row["own_body"],
                row["own_at"],
            )
            for row in rows
        }

    async def everything(self) -> dict[str, list[str]]:
        """All rows of all tables, the schemas too."""
        tables = await self.connection.fetch(
            "SELECT schemaname || '.' || tablename AS name FROM pg_tables"
            " WHERE schemaname IN ('public', 'fresh', 'former') ORDER BY 1"
        )
        found = {}
        for table in tables:
            rows = await self.connection.fetch(f"SELECT t::text AS row FROM {table['name']} t")
            found[table["name"]] = sorted(row["row"] for row in rows)
        return found


@pytest.fixture
async def world(make_database: Callable[[str], str]) -> Any:
    url = await migrated(make_database, "orders")
    connection = await asyncpg.connect(url)
    made = World(url, connection)
    await made.feed(*all_of(head(1), head(2), head(3)))
    await connection.execute("INSERT INTO reader_position VALUES ('legacy feed', 'stream', 5, 5)")
    yield made
    await connection.close()


def telling(*facts: Fact, then: Callable[[], Any] | None = None) -> Any:
    async def tell(connection: asyncpg.Connection) -> None:
        await Projection().apply(connection, facts)
        if then is not None:
            await then()

    return tell


async def test_damage_is_mended_and_our_own_is_carried_over(world: World, rebuild_by: Any) -> None:
    await world.own("SO-1", "own 1", 100)
    await world.own("SO-2", "own 2", 100)
    await world.own("SO-8", "not published", NOW)
    await world.connection.execute('UPDATE order_document SET body = \'{"status": "wrong"}\'')
    await world.connection.execute("UPDATE mirror SET gone = true WHERE key = '1'")
    await world.connection.execute("DELETE FROM order_document WHERE order_no = 'SO-3'")
    for statement in BESIDE:
        await world.connection.execute(statement)
    before = await world.everything()

    async def meanwhile() -> None:
        await world.own("SO-2", "own 2 later", NOW)
        await world.own("SO-9", "placed meanwhile", repository.FIRST)

    tell = telling(*all_of(head(1), head(2), head(3)), then=meanwhile)
    await rebuild_by(world.url, "orders", PART, tell)

    assert await world.documents() == {
        "SO-1": (1, "NEW", "own 1", 100),
        "SO-2": (2, "NEW", "own 2 later", NOW),
        "SO-3": (3, "NEW", None, 0),
        "SO-8": (None, None, "not published", NOW),
        "SO-9": (None, None, "placed meanwhile", 0),
    }
    after = await world.everything()
    assert {name.split(".")[0] for name in after} == {"public"}
    for table in ("saga", "saga_story", "outbox", "request_key", "alembic_version"):
        assert after[f"public.{table}"] == before[f"public.{table}"]
    assert after["public.reader_position"] == before["public.reader_position"]


async def test_what_only_the_fresh_one_got_from_the_feed_joins_what_a_saga_left(
    world: World, rebuild_by: Any
) -> None:
    await world.own("SO-4", "own 4", 100)
    tell = telling(*all_of(head(1), head(2), head(3), head(4)))
    await rebuild_by(world.url, "orders", PART, tell, fresh=9)
    assert (await world.documents())["SO-4"] == (4, "NEW", "own 4", 100)


async def test_an_order_that_legacy_has_no_more_is_gone_also_where_a_saga_wrote_it(
    world: World, rebuild_by: Any
) -> None:
    await world.own("SO-2", "own 2", 100)
    await world.own("SO-3", "own 3", 100)

    async def meanwhile() -> None:  # the live one hears of one of them in time
        await world.feed(Gone("order", 3, (3, 0)))

    tell = telling(*all_of(head(1)), then=meanwhile)
    await rebuild_by(world.url, "orders", PART, tell, fresh=9)
    assert set(await world.documents()) == {"SO-1"}


async def test_sagas_hear_of_what_only_the_fresh_one_received(
    world: World, rebuild_by: Any
) -> None:
    request = {"customer": {}, "wish": {"lines": {}}}
    results = {"write": {"order": WROTE.to_dict()}}
    placed = State("s-1", "place-order", request, phase=Phase.DONE, results=results)
    await enqueue(world.connection, placed)
    cancelled = head(1, "CANCELLED", saga_id="s-1")
    await rebuild_by(world.url, "orders", PART, telling(*all_of(cancelled)), fresh=9)
    sagas = await world.connection.fetch("SELECT id FROM saga ORDER BY 1")
    assert [row["id"] for row in sagas] == ["s-1", "settle:SO-1"]


async def test_a_database_of_another_shape_is_left_alone(world: World, rebuild_by: Any) -> None:
    await asyncio.to_thread(runner.downgrade, "orders", world.url)
    before = await world.everything()
    with pytest.raises(NotRebuilt, match="stands at 0006, its migrations at 0007"):
        await rebuild_by(world.url, "orders", PART, telling())
    assert await world.everything() == before


async def test_a_failing_exchange_leaves_all_as_it_was(world: World, rebuild_by: Any) -> None:
    await world.own("SO-8", "not published", 100)
    before = await world.everything()
    failing = replace(PART, carry=(*PART.carry, "SELECT 1 / 0"))
    with pytest.raises(asyncpg.DivisionByZeroError):
        await rebuild_by(world.url, "orders", failing, telling(*all_of(head(1))))
    assert await world.everything() == before


async def test_a_writer_that_does_not_end_is_waited_for_and_harmed_by_nothing(
    world: World, rebuild_by: Any
) -> None:
    """The exchange gives way, again and again, and the writer never fails."""
    async with world.connection.transaction():
        await world.own("SO-8", "not published", 100)
        with pytest.raises(NotRebuilt, match="too busy"):
            await rebuild_by(world.url, "orders", PART, telling(*all_of(head(1))), patience=10.0)
    found = await world.documents()
    assert (set(found), found["SO-8"]) == (
        {"SO-1", "SO-2", "SO-3", "SO-8"},
        (None, None, "not published", 100),
    )


async def test_nothing_is_written_between_carrying_over_and_swapping(
    world: World, rebuild_by: Any
) -> None:
    slow = replace(PART, carry=(*PART.carry, "SELECT pg_sleep(0.5)"))
    done = asyncio.Event()
    written: list[str] = []

    async def write() -> None:
        connection = await asyncpg.connect(world.url)
        while not done.is_set():
            await connection.execute(OWN, f"SO-9{len(written)}", "own", 100)
            written.append(f"SO-9{len(written)}")
        await connection.close()

    writing = asyncio.create_task(write())
    await rebuild_by(world.url, "orders", slow, telling(*all_of(head(1))))
    done.set()
    await writing
    assert len(written) > 10
    assert set(await world.documents()) == {"SO-1", *written}


async def test_two_at_once_do_not_meet(
    world: World, rebuild_by: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.readmodel.rebuild.TURN_SECONDS", 0.3)
    refused: list[str] = []

    async def second() -> None:
        with pytest.raises(NotRebuilt) as error:
            await rebuild_by(world.url, "orders", PART, telling(*all_of(head(1))))
        refused.append(str(error.value))

    facts = all_of(head(1), head(2), head(3))
    await rebuild_by(world.url, "orders", PART, telling(*facts, then=second))
    assert refused == ["another rebuilding of it is under way"]
    assert set(await world.documents()) == {"SO-1", "SO-2", "SO-3"}


async def test_what_a_killed_one_left_is_cleared_away(world: World, rebuild_by: Any) -> None:
    for schema in ("fresh", "former"):
        await world.connection.execute(f"CREATE SCHEMA {schema}")
        await world.connection.execute(f"CREATE TABLE {schema}.order_document (stale text)")
    await rebuild_by(world.url, "orders", PART, telling(*all_of(head(1))))
    assert {name.split(".")[0] for name in await world.everything()} == {"public"}
    assert set(await world.documents()) == {"SO-1"}
