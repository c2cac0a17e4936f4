"""The feed is followed until nothing comes from it any more. The rest is tried on real engines."""

import asyncio
from typing import Any

import pytest

from chassis.readmodel.projection import FeedProjection, Model
from chassis.readmodel.watermark import Watermark


class Translator:
    subjects = ("legacy.product", "legacy.watermark")

    def __call__(self, _: Any) -> list[Any]:
        return []


class FakeFollower:
    """Follows until it is cancelled, or fails."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.follows = error, asyncio.Event()
        self.ended = asyncio.Event()

    async def run(self) -> None:
        self.follows.set()
        try:
            if self.error is not None:
                raise self.error
            await asyncio.Event().wait()
        finally:
            self.ended.set()


async def nothing(*_: Any) -> None:
    return None


def projection(watermark: Watermark, follower: FakeFollower) -> FeedProjection:
    nats: Any = None
    translator: Any = Translator()
    made = FeedProjection("", nats, Model(translator, (), nothing), watermark)
    made.follower = follower  # type: ignore[assignment]
    return made


async def test_it_is_not_followed_any_more_once_the_watermark_is_free() -> None:
    watermark, follower = Watermark(), FakeFollower()
    running = asyncio.create_task(projection(watermark, follower).run())
    await asyncio.wait_for(follower.follows.wait(), 5)
    watermark.free()
    await asyncio.wait_for(follower.ended.wait(), 5)
    assert not running.done(), "the process would end with it"
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_cancelled_it_follows_no_more() -> None:
    follower = FakeFollower()
    running = asyncio.create_task(projection(Watermark(), follower).run())
    await asyncio.wait_for(follower.follows.wait(), 5)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert follower.ended.is_set()


async def test_what_ends_the_follower_ends_it() -> None:
    with pytest.raises(RuntimeError, match="a bug"):
        await projection(Watermark(), FakeFollower(RuntimeError("a bug"))).run()
