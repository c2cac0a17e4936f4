"""Both stores keep the same promises."""

import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import asyncpg
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.database import open_pool
from chassis.saga import MemoryStore, Phase, State, Store
from chassis.saga.state import Entry
from chassis.saga.storage.postgres import SCHEMA_1, SCHEMA_2, SCHEMA_3, PostgresStore
from chassis.saga.storage.store import LeaseLost, NoSuchSaga
from tests.rigs.sagas.faults import Fault, VirtualClock
from tests.rigs.sagas.rehearsal import SHAPES, Rehearsal

pytestmark = pytest.mark.integration


# The store's clock, in the place of PostgreSQL's own: names are looked up here first.
CLOCK = """
CREATE SCHEMA clock;
CREATE TABLE clock.time AS SELECT 1000000.0::float8 AS now;
CREATE FUNCTION clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql
AS 'SELECT to_timestamp(now) FROM clock.time';
"""
PATH = "ALTER DATABASE {name} SET search_path = clock, public, pg_catalog"


@dataclass
class World:
    """A store, and the time by its clock."""

    store: Store
    clock: VirtualClock


def _fill(_: str, url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statements in (CLOCK, SCHEMA_1, SCHEMA_2, SCHEMA_3):
            connection.execute(statements)
        connection.execute(PATH.format(name=url.rsplit("/", 1)[1]))


@pytest.fixture(params=["memory", "postgres"])
async def world(
    request: pytest.FixtureRequest, take_database: Callable[..., str]
) -> AsyncIterator[World]:
    clock = VirtualClock()
    if request.param == "memory":
        yield World(MemoryStore(clock.now), clock)
        return
    pool: asyncpg.Pool = await open_pool(take_database("saga", _fill), "test", 4)

    async def moved(now: float) -> None:
        await pool.execute("UPDATE clock.time SET now = $1", now)

    clock.moved = moved
    yield World(PostgresStore(pool), clock)
    await pool.close()


@pytest.fixture
def store(world: World) -> Store:
    return world.store


async def test_the_time_is_the_stores(world: World) -> None:
    before = await world.store.now()
    await world.clock.sleep(7.5)
    assert await world.store.now() == before + 7.5 == world.clock.now()


async def test_what_is_saved_is_loaded(world: World) -> None:
    store, began = world.store, world.clock.now()
    state = State("s", "k", {"sku": "Zelt-Ü"}, table_version="abc")
    lease = await store.create(state, "me", 10.0)
    assert lease is not None and lease.at == began
    more = {"told": ("do Absent: away",), "again": 3, "answers": 2, "waits_for": "legacy"}
    later = State("s", "k", {"sku": "Zelt-Ü"}, position=1, results={"a": {"n": 1}}, **more)
    entries = [Entry(6.0, "a", "do", 1), Entry(7.0, "a", "done", 1, "détail")]
    await world.clock.sleep(3.0)

    renewed = await store.save(lease, later, entries, 10.0)

    saved = await store.load("s")
    assert (saved.state, saved.created, saved.updated) == (later, began, began + 3.0)
    assert renewed.at == began + 3.0
    assert await store.story("s") == entries


async def test_an_id_is_taken_once(store: Store) -> None:
    assert await store.create(State("s", "k", {}), "me", 9.0) is not None
    assert await store.create(State("s", "k", {}), "you", 9.0) is None


async def test_a_lease_keeps_others_away_until_it_ends(world: World) -> None:
    store = world.store
    await store.create(State("s", "k", {}), "me", 10.0)

    await world.clock.sleep(9.0)
    assert await store.claim("you", 10.0, 5) == []
    assert await store.claim_one("s", "you", 10.0) is None
    await world.clock.sleep(1.0)
    (lease,) = await store.claim("you", 10.0, 5)
    assert (lease.holder, lease.fence) == ("you", 2)


async def test_a_stale_holder_cannot_write(world: World) -> None:
    store = world.store
    old = await store.create(State("s", "k", {}), "me", 10.0)
    assert old is not None
    await world.clock.sleep(11.0)
    await store.claim("you", 10.0, 5)

    with pytest.raises(LeaseLost):
        await store.save(old, State("s", "k", {}, position=7), [Entry(1.0, "a", "do")], 0.0)

    assert (await store.load("s")).state.position == 0
    assert await store.story("s") == []


async def test_what_is_seized_is_taken_out_of_its_holders_hands(store: Store) -> None:
    old = await store.create(State("s", "k", {}), "me", 10.0)
    assert old is not None

    lease = await store.seize("s", "you", 10.0)

    with pytest.raises(LeaseLost):
        await store.save(old, State("s", "k", {}), [], 10.0)
    assert await store.save(lease, State("s", "k", {}), [], 10.0)
    with pytest.raises(NoSuchSaga):
        await store.seize("nobody", "me", 1.0)


async def test_a_lease_that_is_given_back_is_free_at_once_and_void(store: Store) -> None:
    old = await store.create(State("s", "k", {}), "me", 10.0)
    assert old is not None

    await store.release(old)

    with pytest.raises(LeaseLost):
        await store.save(old, State("s", "k", {}, position=7), [], 0.0)
    (lease,) = await store.claim("you", 10.0, 5)
    await store.release(old)
    assert await store.claim("they", 10.0, 5) == []
    assert await store.save(lease, State("s", "k", {}, position=1), [], 10.0)


async def test_only_what_is_due_and_open_is_claimed(world: World) -> None:
    store, now = world.store, world.clock.now()
    for saga_id, due, phase in (
        ("late", 3.0, Phase.FORWARD),
        ("early", 1.0, Phase.BACKWARD),
        ("future", 50.0, Phase.FORWARD),
        ("done", 0.0, Phase.DONE),
        ("parked", 0.0, Phase.PARKED),
    ):
        await store.create(State(saga_id, "k", {}, due=now + due, phase=phase), "me", 0.0)
    await world.clock.sleep(10.0)

    first = await store.claim("you", 10.0, 1)
    rest = await store.claim("you", 10.0, 9)

    assert [lease.saga_id for lease in first] == ["early"]
    assert [lease.saga_id for lease in rest] == ["late"]
    assert [saved.state.saga_id for saved in await store.find([Phase.PARKED], 9)] == ["parked"]


async def test_who_waits_for_a_callee_is_left_alone_or_claimed_for_it(store: Store) -> None:
    for saga_id, callee in (("a", "legacy"), ("b", "payments"), ("c", "")):
        lease = await store.create(State(saga_id, "k", {}), "me", 10.0)
        assert lease is not None
        await store.save(lease, State(saga_id, "k", {}, waits_for=callee), [], 0.0)

    async def claimed(**which: Any) -> list[str]:
        leases = await store.claim("you", 10.0, 9, **which)
        for lease in leases:
            await store.release(lease)
        return sorted(lease.saga_id for lease in leases)

    assert await claimed() == ["a", "b", "c"]
    assert await claimed(without=["legacy", "mail"]) == ["b", "c"]
    assert await claimed(only="legacy") == ["a"]


async def test_an_unknown_saga_is_named(store: Store) -> None:
    with pytest.raises(NoSuchSaga):
        await store.load("nobody")
    with pytest.raises(NoSuchSaga):
        await store.claim_one("nobody", "me", 1.0)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
async def test_a_saga_ends_all_done_or_all_undone(data: st.DataObject, world: World) -> None:
    faults = st.lists(st.sampled_from(list(Fault)), max_size=2)
    crashes = st.sampled_from([Fault.NONE, Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
    saves = data.draw(st.lists(crashes, max_size=6))
    shape = data.draw(st.sampled_from(list(SHAPES.values())))
    saga_id = secrets.token_hex(8)
    rehearsal = Rehearsal(saves, world.store, saga_id, shape, world.clock)
    for callee in rehearsal.callees:
        for verb in callee.faults:
            callee.faults[verb] = data.draw(faults)

    rehearsal.check(await rehearsal.play())


@pytest.mark.parametrize("world", ["postgres"], indirect=True)
async def test_what_is_stored_inside_a_transaction_holds_with_it(world: World) -> None:
    store: Any = world.store
    lease = await store.create(State("s", "k", {}), "me", 60.0)
    begun = State("s", "k", {}, position=3)
    story = [Entry(1.0, "write", "do", 1)]
    async with store._pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await store.save(lease, begun, story, 60.0, connection)
        assert (await store.load("s")).state.position == 0
        await transaction.rollback()
        assert ((await store.load("s")).state.position, await store.story("s")) == (0, [])
        async with connection.transaction():
            await store.save(lease, begun, story, 60.0, connection)
        assert ((await store.load("s")).state.position, await store.story("s")) == (3, story)
        await store.seize("s", "another", 60.0)
        with pytest.raises(LeaseLost):
            async with connection.transaction():
                await store.save(lease, begun, story, 60.0, connection)
