"""Both stores keep the same promises."""

import secrets
from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.database import open_pool
from chassis.saga import MemoryStore, Phase, State, Store
from chassis.saga.postgres import SCHEMA_1, SCHEMA_2, PostgresStore
from chassis.saga.state import Entry
from chassis.saga.store import LeaseLost, NoSuchSaga
from tests.rigs.sagas.faults import Fault
from tests.rigs.sagas.rehearsal import SHAPES, Rehearsal

pytestmark = pytest.mark.integration


@pytest.fixture(params=["memory", "postgres"])
async def store(
    request: pytest.FixtureRequest, make_database: Callable[[str], str]
) -> AsyncIterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
        return
    pool: asyncpg.Pool = await open_pool(make_database("saga"), "test", 4)
    for schema in (SCHEMA_1, SCHEMA_2):
        await pool.execute(schema)
    yield PostgresStore(pool)
    await pool.close()


async def test_what_is_saved_is_loaded(store: Store) -> None:
    state = State("s", "k", {"sku": "Zelt-Ü"}, table_version="abc")
    lease = await store.create(state, "me", 5.0, 15.0)
    assert lease is not None
    later = State("s", "k", {"sku": "Zelt-Ü"}, position=1, results={"a": {"n": 1}})
    entries = [Entry(6.0, "a", "do", 1), Entry(7.0, "a", "done", 1, "détail")]

    renewed = await store.save(lease, later, entries, 8.0, 18.0)

    saved = await store.load("s")
    assert (saved.state, saved.created, saved.updated) == (later, 5.0, 8.0)
    assert renewed.until == 18.0
    assert await store.story("s") == entries


async def test_an_id_is_taken_once(store: Store) -> None:
    assert await store.create(State("s", "k", {}), "me", 0.0, 9.0) is not None
    assert await store.create(State("s", "k", {}), "you", 0.0, 9.0) is None


async def test_a_lease_keeps_others_away_until_it_ends(store: Store) -> None:
    await store.create(State("s", "k", {}), "me", 0.0, 10.0)

    assert await store.claim("you", 9.0, 19.0, 5) == []
    assert await store.claim_one("s", "you", 9.0, 19.0) is None
    (lease,) = await store.claim("you", 10.0, 20.0, 5)
    assert (lease.holder, lease.fence) == ("you", 2)


async def test_a_stale_holder_cannot_write(store: Store) -> None:
    old = await store.create(State("s", "k", {}), "me", 0.0, 10.0)
    assert old is not None
    await store.claim("you", 11.0, 21.0, 5)

    with pytest.raises(LeaseLost):
        await store.save(old, State("s", "k", {}, position=7), [Entry(1.0, "a", "do")], 12.0, 0.0)

    assert (await store.load("s")).state.position == 0
    assert await store.story("s") == []


async def test_a_lease_that_is_given_back_is_free_at_once_and_void(store: Store) -> None:
    old = await store.create(State("s", "k", {}), "me", 0.0, 10.0)
    assert old is not None

    await store.release(old)

    with pytest.raises(LeaseLost):
        await store.save(old, State("s", "k", {}, position=7), [], 2.0, 0.0)
    (lease,) = await store.claim("you", 1.0, 11.0, 5)
    await store.release(old)
    assert await store.claim("they", 2.0, 12.0, 5) == []
    assert await store.save(lease, State("s", "k", {}, position=1), [], 3.0, 13.0)


async def test_only_what_is_due_and_open_is_claimed(store: Store) -> None:
    for saga_id, due, phase in (
        ("late", 3.0, Phase.FORWARD),
        ("early", 1.0, Phase.BACKWARD),
        ("future", 50.0, Phase.FORWARD),
        ("done", 0.0, Phase.DONE),
        ("parked", 0.0, Phase.PARKED),
    ):
        await store.create(State(saga_id, "k", {}, due=due, phase=phase), "me", 0.0, 0.0)

    first = await store.claim("you", 10.0, 20.0, 1)
    rest = await store.claim("you", 10.0, 20.0, 9)

    assert [lease.saga_id for lease in first] == ["early"]
    assert [lease.saga_id for lease in rest] == ["late"]
    assert [saved.state.saga_id for saved in await store.find([Phase.PARKED], 9)] == ["parked"]


async def test_an_unknown_saga_is_named(store: Store) -> None:
    with pytest.raises(NoSuchSaga):
        await store.load("nobody")
    with pytest.raises(NoSuchSaga):
        await store.claim_one("nobody", "me", 0.0, 1.0)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
async def test_a_saga_ends_all_done_or_all_undone(data: st.DataObject, store: Store) -> None:
    faults = st.lists(st.sampled_from(list(Fault)), max_size=2)
    crashes = st.sampled_from([Fault.NONE, Fault.CRASH_BEFORE, Fault.CRASH_AFTER])
    saves = data.draw(st.lists(crashes, max_size=6))
    shape = data.draw(st.sampled_from(list(SHAPES.values())))
    world = Rehearsal(saves, store, secrets.token_hex(8), shape)
    for callee in world.callees:
        for verb in callee.faults:
            callee.faults[verb] = data.draw(faults)

    world.check(await world.play())
