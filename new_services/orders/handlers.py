"""Accepting an order request: once for each key, its saga started, waited for a moment."""

import asyncio
import hashlib
import logging
import time
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import asyncpg
import orjson

from chassis.readmodel.watermark import Watermark
from chassis.saga import Runner, State, Store
from chassis.saga.store import LeaseLost, NoSuchSaga
from contracts.orders import Customer, OrderRequest
from new_services.orders import kinds, pricing, repository
from new_services.orders.pricing import UnknownSku

log = logging.getLogger("orders.handlers")

WAIT_SECONDS = 1.5
LOOK_SECONDS = 0.05
MOST_AT_ONCE = 256  # sagas that requests of this instance have under way
DRAIN_SECONDS = 5.0

Carrying: TypeAlias = "asyncio.Task[State | None]"


class Busy(Exception):
    """So many orders are under way that no more are taken just now."""


class OtherRequest(Exception):
    """The key was used for another order request before."""


class Behind(Exception):
    """An article is unknown here, and what legacy knew by the time of asking has not arrived."""


class NotStored(Exception):
    """The service was told to stop before the saga was stored: not to be called accepted."""


@dataclass(frozen=True, slots=True)
class Command:
    """An order request and its origin. `key`: the client's name for it, or empty."""

    customer: Customer
    wanted: OrderRequest
    key: str
    table: str  # version of the routing table

    @property
    def fingerprint(self) -> str:
        """The same for the same order request."""
        raw = orjson.dumps(asdict(self.wanted), option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(raw).hexdigest()


class Handler:
    """Starts sagas for requests."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        runner: Runner,
        store: Store,
        new_id: Callable[[], str],
        watermark: Watermark,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._pool = pool
        self._runner = runner
        self._store = store
        self._new_id = new_id
        self._watermark = watermark
        self._clock = clock
        self._running: set[Carrying] = set()

    @property
    def under_way(self) -> int:
        """Sagas that requests of this instance have under way."""
        return len(self._running)

    async def place(self, command: Command) -> State:
        """The saga after a moment, ended or not. Raises Behind, Busy, OtherRequest."""
        asked = int(self._clock() * 1e6)
        saga_id = await self._named(command)
        request: dict[str, Any] = {
            "wish": asdict(command.wanted),
            "customer": asdict(command.customer),
            "asked": asked,
        }
        try:
            request["amount"] = f"{await pricing.quote(self._pool, command.wanted.lines):.2f}"
        except UnknownSku:  # for the saga to say, once that is certain
            if not await self._watermark.reached(asked) and await self.look(saga_id) is None:
                raise Behind from None
        return await self._run(State(saga_id, kinds.PLACE, request, command.table))

    async def _named(self, command: Command) -> str:
        """The id of its saga, by the client's own name for it. Raises OtherRequest."""
        saga_id = self._new_id()
        if command.key:
            who = (command.customer.email, command.key)
            saga_id, fingerprint = await repository.named(
                self._pool, who, command.fingerprint, saga_id
            )
            if fingerprint != command.fingerprint:
                raise OtherRequest
        return saga_id

    async def cancel(self, customer: Customer, order_no: str, table: str) -> State:
        """The saga after a moment, ended or not. Raises Busy."""
        return await self._run(kinds.cancelling(order_no, customer, self._new_id(), table))

    async def recall(self, customer: Customer, saga_id: str) -> State | str | None:
        """The customer wants an order no more that may not be placed yet: its saga afterwards, or
        the number of the order, where it is placed. None: no such saga of this customer's."""
        state = await self.look(saga_id)
        if state is None or state.kind != kinds.PLACE:
            return None
        if state.request["customer"]["email"] != customer.email:
            return None
        written = kinds.outcome(state.results)
        if written is not None:
            return written.order_no
        try:
            return await self._briefly(self._runner.recall(saga_id), state)
        except ValueError:  # it has been placed meanwhile
            state = await self.look(saga_id)
            written = kinds.outcome(state.results) if state else None
            return written.order_no if written else state

    async def _briefly(self, carrying: Coroutine[Any, Any, State | None], before: State) -> State:
        """Wait for a moment; it goes on also when no request waits any more."""
        task = self._begin(carrying)
        await asyncio.wait([task], timeout=WAIT_SECONDS)
        if task.done() and not task.cancelled() and not isinstance(task.exception(), LeaseLost):
            return task.result() or before
        return await self.look(before.saga_id) or before

    async def look(self, saga_id: str) -> State | None:
        """Where it stands."""
        try:
            return (await self._store.load(saga_id)).state
        except NoSuchSaga:
            return None

    async def _run(self, state: State) -> State:
        """Start it unless it exists, and wait; it goes on also when no request waits any more."""
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
        """For a saga that this or another request, or another instance, has under way.

        What is not stored may still come to nothing, so it is waited for also after `until`.
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
