"""When the bench of the feed has seen all: the last commit, however late it arrives."""

import asyncio
from typing import Any

import pytest

from loadtests.bench.feed.pace import Times, arrived, look


class Shelf:
    """A read model of stock, as far as the bench asks it."""

    def __init__(self, *rows: tuple[int, int]) -> None:
        self.rows = list(rows)  # quantity, position of the log

    async def prepare(self, _: str) -> "Shelf":
        return self

    async def fetch(self, newest: int) -> list[tuple[int, int]]:
        return [row for row in self.rows if row[1] > newest]


def seen(*numbers: int) -> dict[int, float]:
    return dict.fromkeys(numbers, 0.0)


async def test_what_arrives_late_is_awaited():
    times = Times(decoded=seen(1, 2), heard=seen(1, 2))
    waiting = asyncio.create_task(arrived(times, 2, 30.0))
    for _ in range(3):
        await asyncio.sleep(0)
    assert not waiting.done()
    times.visible[2] = 0.0  # the first was overwritten before a look
    await waiting


@pytest.mark.parametrize("lost", ["decoded", "heard", "visible"])
async def test_what_never_arrives_is_an_error(lost: str):
    times = Times(decoded=seen(1), heard=seen(1), visible=seen(1))
    setattr(times, lost, {})
    with pytest.raises(TimeoutError):
        await arrived(times, 1, 0.01)


async def test_what_was_applied_before_the_first_look_is_seen_too():
    shelf: Any = Shelf((40, 7), (10**6 + 1, 9))
    times = Times(decoded=seen(1, 2), heard=seen(1, 2))
    looking = asyncio.create_task(look(shelf, 7, times))
    await arrived(times, 1, 30.0)
    shelf.rows[0] = (10**6 + 2, 11)
    await arrived(times, 2, 30.0)
    looking.cancel()
    assert list(times.visible) == [1, 2]
