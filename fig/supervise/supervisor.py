"""Brings processes up in order, keeps them up, brings them down in reverse. Knows no service.

Order: a process starts when all it needs are ready; those that need nothing of each other start
together. Stopping, the last goes first, alone, for clients come in by it; then each goes when all
that need it are gone.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fig.errors import FigError
from fig.supervise.children import Launcher
from fig.supervise.keeper import Clock, Keeper, NotReady
from fig.supervise.process import Kind, Process
from fig.supervise.standing import State, Status

Settings = Mapping[str, Mapping[str, str]]  # process: variables added to its environment


class Unknown(FigError):
    """No such process; the message lists the known names."""

    exit_code = 2


class NotUp(FigError):
    """A process could not be brought up."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(why)
        self.name = name


class Supervisor:
    """One run of a set of processes, in their start order."""

    def __init__(
        self,
        processes: Sequence[Process],
        launcher: Launcher,
        show: Callable[[Status], None],
        clock: Clock | None = None,
        extra: Settings | None = None,
    ) -> None:
        check_order(processes)
        clock, extra = clock or Clock(), extra or {}
        self._keepers = {
            process.name: Keeper(process, launcher, show, clock, extra.get(process.name))
            for process in processes
        }
        for name in extra:
            self._keeper(name)
        self._tasks: dict[str, asyncio.Task[None]] = {}

    @property
    def statuses(self) -> list[Status]:
        """Every process, in start order."""
        return [keeper.status for keeper in self._keepers.values()]

    @property
    def ready(self) -> bool:
        """Whether everything is up at this moment."""
        return all(status.state in (State.READY, State.DONE) for status in self.statuses)

    async def start(self) -> None:
        """Returns when all are up. Raises NotUp for the first that cannot be."""
        for name, keeper in self._keepers.items():
            needs = [self._keepers[need] for need in keeper.process.needs]
            self._tasks[name] = asyncio.create_task(keeper.run(needs), name=name)
        ups = asyncio.create_task(self._all_up())
        try:
            while not ups.done():
                running = [task for task in self._tasks.values() if not task.done()]
                waiting: set[asyncio.Future[Any]] = {ups, *running}
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                self._raise_failure()
        finally:
            ups.cancel()

    async def _all_up(self) -> None:
        for keeper in tuple(self._keepers.values()):
            await keeper.up.wait()

    def _raise_failure(self) -> None:
        for name, task in self._tasks.items():
            if not task.done() or task.cancelled():
                continue
            error = task.exception()
            if isinstance(error, NotReady):
                raise NotUp(name, str(error)) from error
            if error is not None:
                raise error

    async def stop(self) -> None:
        """The last, then each once nothing needs it any more; each has its grace."""
        stopping: dict[str, asyncio.Task[None]] = {}
        for name in reversed(self._keepers):
            earlier = {task for other, task in stopping.items() if self._goes_before(other, name)}
            stopping[name] = asyncio.create_task(self._stop_after(earlier, name))
        await asyncio.gather(*stopping.values())

    def _goes_before(self, other: str, name: str) -> bool:
        """Of two processes, the other one later in the start order."""
        return other == next(reversed(self._keepers)) or name in self._keepers[other].process.needs

    async def _stop_after(self, earlier: set[asyncio.Task[None]], name: str) -> None:
        if earlier:
            await asyncio.wait(earlier)
        await self._stop(name)

    async def _stop(self, name: str) -> None:
        keeper, task = self._keepers[name], self._tasks.get(name)
        await keeper.stop()
        if task is not None:
            if keeper.status.state in (State.WAITING, State.BACKOFF):
                task.cancel()
            await asyncio.wait({task})
        if keeper.status.state is not State.DONE:
            keeper.status.state = State.STOPPED

    async def relist(self, processes: Sequence[Process]) -> list[str]:
        """Stop the processes that are listed no more; the others start next time as listed here.

        Returns the names of the stopped services.
        """
        check_order(processes)
        listed = {process.name: process for process in processes}
        gone = [name for name in reversed(self._keepers) if name not in listed]
        ended = [name for name in gone if self._keepers[name].process.kind is Kind.SERVICE]
        for name in gone:
            await self._stop(name)
            self._tasks.pop(name, None)
            del self._keepers[name]
        for name, keeper in self._keepers.items():
            keeper.process = listed[name]
        return ended

    def kill(self) -> None:
        for keeper in self._keepers.values():
            keeper.kill()

    async def restart(self, name: str, extra: Mapping[str, str], pause: float = 0.0) -> int | None:
        """As Keeper.restart. Raises Unknown; FigError for a oneshot."""
        keeper = self._keeper(name)
        if keeper.process.kind is Kind.ONESHOT:
            raise FigError(f"{name} runs once at the start; restart the services that use it")
        return await keeper.restart(extra, pause)

    def _keeper(self, name: str) -> Keeper:
        if name not in self._keepers:
            known = ", ".join(self._keepers)
            raise Unknown(f"unknown process '{name}' (expected one of {known})")
        return self._keepers[name]


def check_order(processes: Sequence[Process]) -> None:
    """Raises ValueError unless what a process needs stands before it."""
    before: set[str] = set()
    for process in processes:
        missing = set(process.needs) - before
        if missing:
            raise ValueError(
                f"{process.name} needs {sorted(missing)}, which are not listed before it"
            )
        before.add(process.name)
