"""How fresh an answer is, and how long it waited to be so."""

import asyncio

import pytest
from fastapi import Request, Response

from chassis.readmodel.projection import Fresh, fresh
from chassis.readmodel.watermark import NoFeed, Watermark
from chassis.web.app import Problem
from contracts.memory import REMEMBERED_SECONDS
from facade.routes.config.routefile import ReadYourWrites


def asking(after: int) -> Request:
    return Request({"type": "http", "headers": [(b"fig-after", b"%d" % after)]})


async def test_an_answer_says_how_fresh_it_is_and_nothing_of_waiting_where_there_was_none():
    watermark = Watermark()
    watermark.advance(100)
    answer = Response()
    (await fresh(asking(100), watermark)).stamp(answer)
    assert answer.headers["fig-watermark"] == "100"
    assert "fig-waited" not in answer.headers


async def test_who_waited_says_how_long():
    watermark = Watermark()
    watermark.advance(100)
    waiting = asyncio.create_task(fresh(asking(200), watermark))
    await asyncio.sleep(0)
    watermark.advance(300)
    answer = Response()
    (await waiting).stamp(answer)
    assert answer.headers["fig-watermark"] == "300"
    assert answer.headers["fig-waited"].isdecimal()


async def test_before_the_first_snapshot_legacy_is_to_answer():
    with pytest.raises(Problem) as declined:
        await fresh(asking(0), Watermark())
    assert declined.value.status == 503


async def test_without_a_feed_an_answer_is_current_and_states_no_watermark():
    answer = Response()
    (await fresh(asking(2**62), NoFeed())).stamp(answer)
    assert "fig-watermark" not in answer.headers


def old(alone: bool) -> Watermark:
    """A read model whose feed stands still for longer than clients remember."""
    passed = [0.0]
    watermark = Watermark(lambda: 1_000_000.0, lambda: passed[0])
    watermark.advance(999_999_000_000)
    watermark.alone = lambda: alone
    passed[0] = REMEMBERED_SECONDS + 1.0
    return watermark


NOTHING = Request({"type": "http", "headers": []})


async def test_a_read_from_the_past_is_for_legacy_to_answer():
    with pytest.raises(Problem, match="the feed has been silent for 62 s") as declined:
        await fresh(NOTHING, old(alone=False))
    assert (declined.value.headers or {})["Fig-Declined"] == "behind"


async def test_where_legacy_cannot_either_it_is_answered_with_its_age():
    answer = Response()
    (await fresh(NOTHING, old(alone=True))).stamp(answer)
    assert answer.headers["age"] == "62"


@pytest.mark.parametrize(("seconds", "age"), [(0.0, "0"), (0.2, "1"), (61.0, "61"), (61.01, "62")])
def test_an_age_is_never_less_than_it_is(seconds: float, age: str) -> None:
    answer = Response()
    Fresh(1, age=seconds).stamp(answer)
    assert answer.headers["age"] == age


async def test_who_has_a_mark_of_a_write_that_is_in_is_answered():
    answer = Response()
    (await fresh(asking(999_999_000_000), old(alone=False))).stamp(answer)
    assert "age" not in answer.headers


def test_clients_remember_as_long_as_the_facade_lets_them():
    assert ReadYourWrites().remember == REMEMBERED_SECONDS


def asked_alone(after: int = 0) -> Request:
    """As the facade asks once legacy could not answer."""
    lines = [(b"fig-alone", b"1")] + ([(b"fig-after", b"%d" % after)] if after else [])
    return Request({"type": "http", "headers": lines})


@pytest.mark.parametrize("after", [0, 999_999_000_000, 2**62])
async def test_when_no_other_side_answers_it_answers_at_any_age(after: int) -> None:
    watermark = old(alone=False)
    answer = Response()
    (await fresh(asked_alone(after), watermark)).stamp(answer)
    assert int(answer.headers["age"]) >= int(REMEMBERED_SECONDS)


async def test_who_has_nothing_declines_all_the_same() -> None:
    with pytest.raises(Problem):
        await fresh(asked_alone(), Watermark())
