"""Starts sagas for requests: a request waits for a moment, and its saga goes on without it."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeAlias

from chassis.saga.runner import Runner
from chassis.saga.state import State
from chassis.saga.storage.store import LeaseLost, NoSuchSaga, Store

log = logging.getLogger("saga.starting")

WAIT_SECONDS = 1.5
LOOK_SECONDS = 0.05
MOST_AT_ONCE = 256  # sagas that requests of this instance have under way
DRAIN_SECONDS = 5.0

Carrying: TypeAlias = "asyncio.Task[State | None]"


class Busy(Exception):
    """So many sagas are under way that no more are begun just now."""


class NotStored(Exception):
    """The service was stopped before the saga was stored: it must not be reported as accepted."""


class Starter:
    """Starts sagas for the requests of one instance."""

    def __init__(self, runner: Runner, store: Store) -> None:
        self._runner = runner
        self._store = store
        self._running: set[Carrying] = set()

    @property
    def under_way(self) -> int:
        """Sagas that requests of this instance have under way."""
        return len(self._running)

    async def look(self, saga_id: str) -> State | None:
        """The state of the saga."""
        try:
            return (await self._store.load(saga_id)).state
        except NoSuchSaga:
            return None

    async def run(self, state: State) -> State:
        """Start it unless it exists, and wait; it goes on also when no request waits any more.

        Raises Busy, NotStored, and what the store raised before the saga was stored.
        """
        task = self._begin(self._runner.start(state))
        until = asyncio.get_running_loop().time() + WAIT_SECONDS
        await asyncio.wait([task], timeout=WAIT_SECONDS)
        if task.done() and not task.cancelled():
            error = task.exception()
            if error is None and (ended := task.result()) is not None:
                return ended
            if error is not None and not isinstance(error, LeaseLost):
                return await self._after_failure(state, error)
        return await self._wait(state, task, until)

    async def recalled(self, before: State) -> State:
        """See Runner.recall; the saga after a moment. Raises Busy, ValueError."""
        task = self._begin(self._runner.recall(before.saga_id))
        await asyncio.wait([task], timeout=WAIT_SECONDS)
        if task.done() and not task.cancelled() and not isinstance(task.exception(), LeaseLost):
            return task.result() or before
        return await self.look(before.saga_id) or before

    def _begin(self, carrying: Coroutine[Any, Any, State | None]) -> Carrying:
        if len(self._running) >= MOST_AT_ONCE:
            carrying.close()
            raise Busy
        task = asyncio.create_task(carrying)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def _after_failure(self, state: State, error: BaseException) -> State:
        """The database failed under it: if the saga was stored, it will be carried on."""
        found = await self.look(state.saga_id)
        if found is None:
            raise error
        return found

    async def _wait(self, state: State, task: Carrying, until: float) -> State:
        """Wait for a saga that this or another request, or another instance, has under way.

        A saga that is not stored may still be lost, so it is waited for also after `until`.
        """
        while True:
            over = task.done()  # before the look: what it stored can be seen by now
            found = await self.look(state.saga_id)
            late = asyncio.get_running_loop().time() >= until
            if found is not None and (found.phase.ended or late):
                return found
            if found is None and over:
                raise _lost(task)
            await asyncio.sleep(LOOK_SECONDS)

    def _ended(self, task: Carrying) -> None:
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.warning("a saga goes on later: %s", f"{type(error).__name__}: {error}")

    async def close(self) -> None:
        """Give what is under way a moment to end; the rest gives its lease back to others."""
        under_way = set(self._running)
        if under_way:
            await asyncio.wait(under_way, timeout=DRAIN_SECONDS)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


def _lost(task: Carrying) -> BaseException:
    """Why it was not stored."""
    return (None if task.cancelled() else task.exception()) or NotStored()
