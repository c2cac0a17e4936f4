"""How fresh an answer is, and how long it waited to be so."""

import asyncio

import pytest
from fastapi import Request, Response

from chassis.readmodel.projection import fresh
from chassis.readmodel.watermark import NoFeed, Watermark
from chassis.web.app import Problem


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
