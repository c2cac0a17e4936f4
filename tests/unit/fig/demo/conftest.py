"""A run of the demo's script against a world without processes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from fig.demo.judge.record import Record
from fig.demo.script.pace import FAST, pairs_for
from fig.demo.script.plan import acts
from fig.demo.stage.runner import Runner
from tests.rigs.processes.demo import FakeWatch, FakeWorld, Flaws

Play = Callable[[Flaws], Awaitable[tuple[Record, FakeWorld, FakeWatch]]]


@pytest.fixture
def play() -> Play:
    async def run(flaws: Flaws) -> tuple[Record, FakeWorld, FakeWatch]:
        world, watch = FakeWorld(flaws), FakeWatch()
        record = Record("fast", began=1_790_000_000.0, pairs_needed=pairs_for(FAST.products.new))
        await Runner(world, record, watch, now=world.clock, every=0.0).run(acts(FAST))
        return record, world, watch

    return run
