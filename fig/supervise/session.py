"""One run of the stack: the composition root behind `fig up`.

1 take the lock   2 clear what a crash left   3 ports, secrets, the list of processes
4 bring up        5 serve commands until a signal            6 bring down in reverse
"""

import asyncio
import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import IO

from chassis.process import lifetime
from fig.errors import FigError
from fig.settings import project_root
from fig.stack import credentials, ended, places, ports
from fig.stack.engines import postgres as server
from fig.stack.old_side import PORTS as OLD_PORTS
from fig.stack.stack import stack
from fig.supervise import logs, state
from fig.supervise.children import LocalLauncher, Said
from fig.supervise.order import Order
from fig.supervise.process import Process
from fig.supervise.spool import Answer, Request, Restart, Spool
from fig.supervise.standing import Status, ending
from fig.supervise.supervisor import NotUp, Supervisor

SPOOL_SECONDS = 0.25  # between two looks for what commands ask
LEFTOVER_SECONDS = 8.0  # longer than the warden takes
TAIL_LINES = 15


class Taken(FigError):
    """Another supervisor holds this data folder."""


Listing = Callable[[Order], tuple[Process, ...]]


@dataclass(frozen=True)
class Onlooker:
    """Called with every change of a process, and every line of its output (None: not called)."""

    changed: Callable[[Status], None]
    said: Said | None = None
    note: Callable[[str], None] = lambda _: None


def processes(order: Order) -> tuple[Process, ...]:
    """The stack on this machine, with everything checked that can be before it starts."""
    server.binaries(order.options.postgres_bin)
    place = places.Local(
        home=order.home.folder,
        routes=order.routes,
        port=ports.plan(order.port_base),
        secrets=credentials.load(order.home.secrets),
        nats_bin=order.nats_bin,
    )
    return stack(place, order.options)


def urls(plan: dict[str, int]) -> dict[str, str]:
    """The addresses for people and scripts."""
    names = ("facade", "admin", "legacy")
    return {name: f"http://{ports.HOST}:{plan[name]}" for name in names if name in plan}


def ports_of(order: Order) -> dict[str, int]:
    """The ports that the stack may use."""
    plan = ports.plan(order.port_base)
    free = () if order.options.monolith else OLD_PORTS
    return {name: port for name, port in plan.items() if name not in free}


def as_it_stands(order: Order) -> Order:
    """The order, without the monolith if it has been deleted since. Raises BadSetting."""
    there = order.options.monolith and ended.read(order.home) is None
    return replace(order, options=replace(order.options, monolith=there))


async def run(order: Order, onlooker: Onlooker, listing: Listing = processes) -> None:
    """The whole run; returns after a request to stop. Raises FigError when it cannot come up."""
    places.prepare(order.home.folder)
    with _lock(order):
        _clear_leftovers(order, onlooker)
        plan = ports_of(order)
        ports.require_free(plan)
        listed = listing(order)
        launcher = LocalLauncher(project_root(), order.home.logs, onlooker.said)
        launcher.prepare(listed)
        session = _Session(order, plan, onlooker, listing)
        supervisor = Supervisor(listed, launcher, session.changed, extra=order.extra)
        session.supervisor = supervisor
        try:
            await session.serve(supervisor)
        finally:
            await supervisor.stop()
            await launcher.close()
            order.home.state.unlink(missing_ok=True)


class _Session:
    """The state of the run, written to its file on every change."""

    def __init__(
        self, order: Order, plan: dict[str, int], onlooker: Onlooker, listing: Listing
    ) -> None:  # fmt: skip
        self._order, self._listing = order, listing
        self._plan = plan
        self._onlooker = onlooker
        self._since = time.time()
        self._stop = asyncio.Event()
        self.supervisor: Supervisor | None = None

    def changed(self, status: Status) -> None:
        """Write the state file, and notify the onlooker."""
        self._write()
        self._onlooker.changed(status)

    async def serve(self, supervisor: Supervisor) -> None:
        """Until a signal asks to stop."""
        self._listen(supervisor)
        stopping = asyncio.create_task(self._stop.wait())
        starting = asyncio.create_task(supervisor.start())
        answering = asyncio.create_task(self._answer(supervisor))
        try:
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                self._started(starting)
                await stopping
        finally:
            for task in (stopping, starting, answering):
                task.cancel()
            await asyncio.gather(stopping, starting, answering, return_exceptions=True)

    def _started(self, starting: "asyncio.Task[None]") -> None:
        try:
            starting.result()
        except NotUp as error:
            log = logs.path_of(self._order.home.logs, error.name)
            said = "\n".join(f"  {line}" for line in logs.tail(log, TAIL_LINES))
            raise FigError(f"{error}; the end of {log}:\n{said}") from None
        self._write()
        self._onlooker.note(f"everything is up: {urls(self._plan)['facade']}")

    def _listen(self, supervisor: Supervisor) -> None:
        def stop() -> None:
            if self._stop.is_set():
                self._onlooker.note("second signal: killing all")
                supervisor.kill()
            self._stop.set()

        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, stop)

    async def _answer(self, supervisor: Supervisor) -> None:
        spool = Spool(self._order.home.spool)
        spool.open()
        while True:
            for name, request in spool.take():
                spool.answer(name, await self._carry_out(supervisor, request))
            await asyncio.sleep(SPOOL_SECONDS)

    async def _carry_out(self, supervisor: Supervisor, request: Request) -> Answer:
        if isinstance(request, Restart):
            return await _restart(supervisor, request)
        try:
            order = as_it_stands(self._order)
            gone = await supervisor.relist(self._listing(order))
        except FigError as error:
            return Answer(False, str(error), error.exit_code)
        self._order, self._plan = order, ports_of(order)
        self._write()
        return Answer(True, ", ".join(gone))

    def _write(self) -> None:
        supervisor = self.supervisor
        assert supervisor is not None
        described = state.StackState(
            pid=os.getpid(),
            pid_started=lifetime.started(os.getpid()),
            since=self._since,
            ready=supervisor.ready,
            order=self._order.described,
            ports=self._plan,
            urls=urls(self._plan),
            routes=str(self._order.routes),
            processes=[state.process_state(status) for status in supervisor.statuses],
        )
        state.write(self._order.home.state, described)


async def _restart(supervisor: Supervisor, request: Restart) -> Answer:
    try:
        verdict = await supervisor.restart(request.name, request.extra, request.pause)
    except FigError as error:
        return Answer(False, str(error), error.exit_code)
    if verdict is None:
        return Answer(True, f"{request.name} is ready")
    back = "; it goes on with its former settings" if request.extra else ""
    return Answer(False, f"{request.name} {ending(verdict)} before it was ready{back}", 1)


@contextlib.contextmanager
def _lock(order: Order) -> Iterator[IO[str]]:
    """Held until this process ends, however it ends. Raises Taken."""
    with order.home.lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Taken(f"another `fig up` holds {order.home.folder}") from None
        yield file


def _clear_leftovers(order: Order, onlooker: Onlooker) -> None:
    """A supervisor that was killed may have left a state file, and processes for some moments."""
    left = state.read(order.home.state)
    if left is None:
        return
    onlooker.note("the last run was killed; its data is kept")
    deadline = time.monotonic() + LEFTOVER_SECONDS
    while state.survivors(left) and time.monotonic() < deadline:
        time.sleep(SPOOL_SECONDS)
    state.end(state.survivors(left))
    order.home.state.unlink(missing_ok=True)
