"""The store in PostgreSQL: what its answers mean; its SQL is for the integration tests."""

from typing import Any

import orjson
import pytest

from chassis.saga.state import Entry, Phase, State
from chassis.saga.storage import postgres
from chassis.saga.storage.postgres import PostgresStore, enqueue
from chassis.saga.storage.store import Lease, LeaseLost, NoSuchSaga
from tests.rigs.shop.database import Database, Row

STATE = State("s1", "place", {"a": 1}, due=7.0, waits_for="legacy", told=("x",))
SAGA = Row(state=orjson.dumps(STATE).decode(), created=1.0, updated=2.0)
LEASE = Lease("s1", "me", 3, 100.0)


def store(**rows: Any) -> tuple[PostgresStore, Database]:
    parts = {
        "load": "FROM saga WHERE id", "claim": "SKIP LOCKED", "one": "lease_until <= now OR",
        "create": "ON CONFLICT (id)", "save": "UPDATE saga SET phase", "find": "phase = ANY",
        "story": "FROM saga_story", "now": "SELECT extract",
    }  # fmt: skip
    database: Any = Database({parts[name]: found for name, found in rows.items()})
    return PostgresStore(database), database


async def test_a_new_saga_is_leased_and_one_that_exists_is_none() -> None:
    made, database = store(create=[Row(fence=1, created=50.0)])
    assert await made.create(STATE, "me", 15.0) == Lease("s1", "me", 1, 50.0)
    saga_id, kind, phase, due, body, holder, seconds = database.asked[0][1]
    assert (saga_id, kind, phase, due, holder, seconds) == (
        "s1", "place", "forward", 7.0, "me", 15.0,
    )  # fmt: skip
    assert State.from_dict(orjson.loads(body)) == STATE
    there, _ = store()
    assert await there.create(STATE, "me", 15.0) is None


async def test_what_is_due_is_claimed() -> None:
    rows = [Row(id=name, fence=fence, now=60.0) for name, fence in (("s1", 2), ("s2", 5))]
    made, database = store(claim=rows)
    assert await made.claim("me", 15.0, 16, {"payments"}, "legacy") == [
        Lease("s1", "me", 2, 60.0), Lease("s2", "me", 5, 60.0),
    ]  # fmt: skip
    assert database.asked[0][1] == ("me", 15.0, 16, ["payments"], "legacy")


async def test_one_saga_is_claimed_or_seized() -> None:
    made, database = store(one=[Row(fence=4, now=60.0)])
    assert await made.claim_one("s1", "me", 15.0) == Lease("s1", "me", 4, 60.0)
    assert await made.seize("s1", "me", 15.0) == Lease("s1", "me", 4, 60.0)
    assert [values[3] for _, values in database.asked] == [False, True]


async def test_one_in_other_hands_is_not_claimed_and_an_unknown_one_is_reported() -> None:
    held, _ = store(load=[SAGA])
    assert await held.claim_one("s1", "me", 15.0) is None
    unknown, _ = store()
    for call in (unknown.claim_one, unknown.seize):
        with pytest.raises(NoSuchSaga):
            await call("s9", "me", 15.0)
    with pytest.raises(NoSuchSaga):
        await unknown.load("s9")


async def test_a_saga_is_read_as_it_was_written() -> None:
    made, _ = store(load=[SAGA], find=[SAGA, SAGA], now=[(70.5,)])
    saved = await made.load("s1")
    assert (saved.state, saved.created, saved.updated) == (STATE, 1.0, 2.0)
    assert await made.find([Phase.PARKED], 5) == [saved, saved]
    assert await made.now() == 70.5


@pytest.mark.parametrize("phase", list(Phase))
async def test_it_is_saved_with_its_story_and_what_has_ended_need_not_wait_for_the_disk(
    phase: Phase,
) -> None:
    made, database = store(save=[(80.0,)])
    story = [Entry(1.0, "write", "do", 2, "d"), Entry(2.0, "", "done")]
    lease = await made.save(LEASE, STATE.changed(phase=phase), story, 15.0)
    assert lease == Lease("s1", "me", 3, 80.0)
    ((statement, values),) = database.asked
    assert ("synchronous_commit" in statement) is (phase in (Phase.DONE, Phase.UNDONE))
    assert values[:4] == ("s1", 3, phase, 7.0)
    assert values[5:] == (
        15.0, [1.0, 2.0], ["write", ""], ["do", "done"], [2, 0], ["d", ""], "legacy",
    )  # fmt: skip


async def test_who_has_lost_the_lease_saves_nothing() -> None:
    made, _ = store()
    with pytest.raises(LeaseLost):
        await made.save(LEASE, STATE, [], 15.0)


async def test_a_lease_is_given_back_by_its_fence() -> None:
    made, database = store()
    await made.release(LEASE)
    assert database.asked == [(postgres._RELEASE, ("s1", 3))]


async def test_a_story_is_read_in_order() -> None:
    rows = [(1.0, "write", "do", 1, ""), (2.0, "write", "done", 1, "d")]
    made, _ = store(story=rows)
    assert await made.story("s1") == [Entry(*row) for row in rows]


async def test_one_that_is_enqueued_is_held_by_no_instance() -> None:
    database: Any = Database()
    await enqueue(database, STATE)
    assert database.asked[0][1][-2:] == ("", 0.0)
