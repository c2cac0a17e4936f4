"""Keeps one process: starts it, waits until it is ready, starts it again when it dies, stops it."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field

from chassis.process.keeper import Restarts
from fig.errors import BAD_INPUT
from fig.supervise.children import Child, Launcher
from fig.supervise.process import Kind, Process
from fig.supervise.standing import State, Status, ending

# Between two looks at whether it is ready: a tenth of the time it has taken so far, within these. A
# service that applies a snapshot would else be asked hundreds of times, when it has least time.
POLL_SECONDS, MOST_POLL_SECONDS = 0.04, 0.25
FIRST_TRIES = 5  # starts that may fail before the process was ever ready
STABLE_SECONDS = 10.0  # a process that ran so long starts again at once when it dies


@dataclass(frozen=True)
class Clock:
    """The source of time; tests replace it."""

    now: Callable[[], float] = time.monotonic
    unix: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


class NotReady(Exception):
    """A process cannot be brought up; the message says why."""


@dataclass
class _Requests:
    """What others ask of the keeper; it acts on them at its next turn."""

    stop: bool = False
    restart: bool = False
    pause: float = 0.0  # seconds between its end and its new start
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class Keeper:
    """The life of one process. `run` is its only task; the other methods ask it for something."""

    def __init__(
        self,
        process: Process,
        launcher: Launcher,
        show: Callable[[Status], None],
        clock: Clock,
        extra: Mapping[str, str] | None = None,
    ) -> None:
        self.process = process
        self.status = Status(process.name, process.kind)
        self.up = asyncio.Event()
        self.extra: dict[str, str] = dict(extra or {})
        self._launcher = launcher
        self._show = show
        self._clock = clock
        self._restarts = Restarts(first=0.1, most=5.0, stable=STABLE_SECONDS)
        self._requests = _Requests()
        self._child: Child | None = None
        self._verdict: asyncio.Future[int | None] | None = None

    async def run(self, needs: Iterable["Keeper"]) -> None:
        """Until stopped, or done. Raises NotReady when it was never ready and gave up."""
        for need in needs:
            await need.up.wait()
        failures = 0
        while not self._requests.stop:
            code, lived = await self._live()
            if self._requests.stop or self._over(code):
                return
            if self._requests.restart:
                await self._pause()
                continue
            if not self.status.took:
                failures += 1
                self._give_up(failures, code)
            await self._rest(lived)

    async def stop(self) -> None:
        """Ask it to end, kill it after its grace; returns when it is gone."""
        self._requests.stop = True
        self._requests.changed.set()
        await self._end()

    def kill(self) -> None:
        self._requests.stop = True
        if self._child is not None:
            self._child.sweep()

    async def restart(self, extra: Mapping[str, str], pause: float = 0.0) -> int | None:
        """Start it again with these variables added; None when ready, else the exit code.

        When it does not become ready with them, it goes on without. It stays down for `pause`
        seconds in between.
        """
        before = dict(self.extra)
        self.extra |= extra
        self._verdict = asyncio.get_running_loop().create_future()
        self._requests.restart = self._child is not None
        self._requests.pause = pause
        self.up.clear()
        self._requests.changed.set()
        await self._end()
        verdict = await self._verdict
        self._verdict = None
        if verdict is not None:
            self.extra = before
        return verdict

    async def _live(self) -> tuple[int, float]:
        """From its start to its end: the exit code, and the seconds it was ready."""
        self._requests.changed.clear()
        self._set(State.STARTING, exit_code=None, why="", since=self._clock.unix())
        began = self._clock.now()
        child = self._child = await self._launch()
        if self._requests.stop:
            child.sweep()  # it was asked to stop while starting
        self.status.pid = child.pid
        self._show(self.status)
        ended = asyncio.ensure_future(child.wait())
        proof = asyncio.ensure_future(self._until_ready(child.pid))
        try:
            await asyncio.wait({ended, proof}, return_when=asyncio.FIRST_COMPLETED)
            ready_at = None
            if not ended.done():
                if proof.result():
                    ready_at = self._became_ready(began)
                else:
                    goal = "done" if self.process.kind is Kind.ONESHOT else "ready"
                    self.status.why = f"was not {goal} within {self.process.limit:.0f} s"
                    child.sweep()
            code = await ended
        finally:
            proof.cancel()
            child.sweep()  # what it leaves of its group would keep its ports
            self._child = None
        self._died(code)
        return code, 0.0 if ready_at is None else self._clock.now() - ready_at

    async def _launch(self) -> Child:
        try:
            return await self._launcher.launch(self.process, self.extra)
        except OSError as error:
            self._set(State.FAILED)
            raise NotReady(f"{self.process.name} cannot be started: {error}") from error

    async def _until_ready(self, pid: int) -> bool:
        """Whether it became ready in time; a oneshot's time is up here too."""
        began = self._clock.now()
        while (waited := self._clock.now() - began) < self.process.limit:
            if self.process.ready is not None and await self.process.ready.check(pid):
                return True
            await self._clock.sleep(min(max(POLL_SECONDS, waited / 10), MOST_POLL_SECONDS))
        return False

    def _became_ready(self, began: float) -> float:
        now = self._clock.now()
        if not self.status.took:
            self.status.took = max(now - began, 0.001)
        self._set(State.READY)
        self.up.set()
        self._judge(None)
        return now

    def _over(self, code: int) -> bool:
        """Whether this was a oneshot that succeeded."""
        if self.process.kind is not Kind.ONESHOT or code != 0:
            return False
        self.status.took = self._clock.unix() - self.status.since
        self._set(State.DONE, pid=0)
        self.up.set()
        return True

    def _died(self, code: int) -> None:
        self.up.clear()
        self.status.pid = 0
        self.status.exit_code = code
        self.status.why = self.status.why or ending(code)
        if not self._requests.restart:
            self._judge(code)

    def _judge(self, verdict: int | None) -> None:
        if self._verdict is not None and not self._verdict.done():
            self._verdict.set_result(verdict)

    def _give_up(self, failures: int, code: int) -> None:
        if code != BAD_INPUT and failures < FIRST_TRIES and self.process.kind is Kind.SERVICE:
            return
        self._set(State.FAILED)
        raise NotReady(f"{self.process.name} did not start: it {self.status.why}")

    async def _pause(self) -> None:
        """The pause of a restart between end and start."""
        self._requests.restart = False
        if self._requests.pause:
            self._requests.changed.clear()
            await self._wait(self._requests.pause)

    async def _rest(self, lived: float) -> None:
        """The moment between a death, after so many seconds of being ready, and the next start."""
        self.status.restarts += 1
        await self._wait(self._restarts.pause(lived))

    async def _wait(self, seconds: float) -> None:
        """Stay down for so long; a request ends it."""
        self._set(State.BACKOFF)
        pause = asyncio.ensure_future(self._clock.sleep(seconds))
        asked = asyncio.ensure_future(self._requests.changed.wait())
        await asyncio.wait({pause, asked}, return_when=asyncio.FIRST_COMPLETED)
        for task in (pause, asked):
            task.cancel()

    async def _end(self) -> None:
        child = self._child
        if child is None:
            return
        self._set(State.STOPPING)
        child.send(self.process.stop)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(child.wait(), self.process.grace)
        child.sweep()
        await child.wait()

    def _set(self, state: State, **values: object) -> None:
        self.status.state = state
        for name, value in values.items():
            setattr(self.status, name, value)
        self._show(self.status)
