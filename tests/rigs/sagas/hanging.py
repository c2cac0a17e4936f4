"""A step that hangs: a saga that stays in the hands of the instance that took it."""

import asyncio
from typing import Any

from chassis.saga.definition import Saga, Step, nothing
from chassis.saga.runner import Limits, Runner
from chassis.saga.storage.store import Store
from tests.rigs.sagas.faults import InstanceClock, VirtualClock


class Hanging:
    """A step that hangs in its first attempt, and is done at once in the second."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.cancelled = 0

    async def do(self, _: Any) -> None:
        if self.begun.is_set():
            return
        self.begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise

    def runner(
        self, store: Store, name: str, clock: VirtualClock | InstanceClock | None = None
    ) -> Runner:
        saga = Saga("hang", [Step("hang", self.do, undo=nothing)])
        limits = Limits(drain=0.01)
        return Runner(store, {"hang": saga}, clock or VirtualClock(), name, limits)
