"""The master: takes the port, judges the route file, keeps the workers and the control process up.

Each worker slot has a listening socket of its own on the shared port (SO_REUSEPORT), which the
master opened and keeps: connections that arrive while a worker is replaced wait for the next one.

    SIGTERM, SIGINT   stop: workers answer what is under way, within a bound
    SIGHUP            look at the route file now
    SIGUSR2           replace the workers one by one; no request is lost
"""

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import uvloop

from chassis.compiled import build_of
from chassis.process import telemetry
from chassis.process.keeper import Kept, Restarts
from chassis.process.settings import BAD_CONFIGURATION, OFF, UNIX
from facade.master import children
from facade.master.attention import Attention
from facade.master.ports import listen, refuse
from facade.master.publisher import INSTANCES, TABLE, Publisher
from facade.master.settings import FacadeSettings
from facade.proxy.gateway import Gateway, WorkerSettings
from facade.proxy.identity.logouts import LogoutList
from facade.routes.file.problems import RouteFileError
from facade.runtime.debts import FILE as DEBTS
from facade.runtime.keyring import BadKey, KeyFiles, ensure, in_folder
from facade.runtime.memory import MEMORY
from facade.runtime.override import OVERRIDE
from facade.runtime.statefolder import StateFolder
from facade.runtime.watcher import POLL_SECONDS, FileWatcher

log = logging.getLogger("facade")

STOP_SECONDS = 40.0  # beyond every worker's own bound


class Master:
    """Starts the processes that are missing, until a signal stops it."""

    def __init__(self, settings: FacadeSettings, runtime: Path, publisher: Publisher) -> None:
        self._settings = settings
        self._runtime = runtime
        self._publisher = publisher
        self._keys = keys_of(settings, runtime)
        # A socket's path may have 107 bytes at most: not below the runtime folder.
        self._sockets_folder = Path(tempfile.mkdtemp(prefix="fig-"))
        self._channel = str(self._sockets_folder / "control.sock")
        self._ports = listen(settings.listen, settings.workers)
        self._workers = [_kept(f"worker {number}") for number in range(settings.workers)]
        self._control = _kept("control")
        self._leaving: dict[int, int] = {}  # pid of a replaced worker that still drains -> slot
        self._signals: list[int] = []
        self._logouts = LogoutList()  # before any worker is forked
        with contextlib.suppress(OSError):  # its times may be of another boot of the machine
            (runtime / MEMORY / DEBTS).unlink(missing_ok=True)

    def run(self, data: bytes) -> int:
        """Keep everything running; `data` is the route file in force. Returns the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR2):
            signal.signal(number, lambda got, _frame: self._signals.append(got))
        watcher = FileWatcher(self._settings.routes, self._offer, known=data, clock_ns=time.time_ns)
        override = FileWatcher(
            self._runtime / OVERRIDE, self._publisher.override, known=None, clock_ns=time.time_ns
        )
        host, port = self._ports[0].getsockname()[:2]
        build = build_of("facade.proxy.exchange")
        log.info(
            "listening on %s:%d with %d workers, the data plane's build is %s",
            host, port, len(self._workers), build,
        )  # fmt: skip
        attention = Attention({self._settings.routes.parent, self._runtime})
        try:
            while not {signal.SIGTERM, signal.SIGINT}.intersection(self._signals):
                self._keep_up(time.monotonic())
                if not watcher.poll() and not override.poll():
                    self._publisher.reconsider()
                if signal.SIGHUP in self._signals:
                    self._signals.remove(signal.SIGHUP)
                    with contextlib.suppress(OSError):  # a file that is gone is said elsewhere
                        self._offer(self._settings.routes.read_bytes())
                if signal.SIGUSR2 in self._signals:
                    self._signals.remove(signal.SIGUSR2)
                    self._replace_all()
                attention.wait(briefly=watcher.pending or override.pending or not self._all_up)
        finally:
            attention.close()
            self._stop()
        return 0

    @property
    def _all_up(self) -> bool:
        """Whether no child waits for its restart, or is being replaced."""
        return not self._leaving and all(one.pid for one in (self._control, *self._workers))

    def _offer(self, data: bytes) -> None:
        self._publisher.offer(data)

    def _keep_up(self, now: float) -> None:
        ended = children.reap()
        for child in (self._control, *self._workers):
            if child.pid in ended:
                log.warning("%s", child.ended(ended[child.pid], now))
            if child.due(now):
                self._start(child, now)
        for pid in ended:
            self._leaving.pop(pid, None)

    def _start(self, child: Kept, now: float) -> None:
        if child is self._control:
            pid = children.spawn(
                [sys.executable, "-P", "-m", "facade.control"], self._control_environment()
            )
        else:
            pid, ready = self._fork_worker(self._workers.index(child))
            os.close(ready)
        child.began(pid, now)

    def _fork_worker(self, number: int) -> tuple[int, int]:
        """Start a worker; returns its pid and a descriptor that ends when it answers clients."""
        ready, serving = os.pipe()
        worker = WorkerSettings(
            number=number,
            sockets=(self._ports[number],),
            table_file=self._runtime / TABLE,
            instances_file=self._runtime / INSTANCES,
            channel=self._channel,
            addresses=self._settings.upstreams,
            keys=self._keys,
            memory=self._runtime / MEMORY,
            folder=self._settings.routes.parent,
            logouts=self._logouts,
        )

        def run() -> int:
            os.close(ready)
            telemetry.setup(f"facade.{number}")
            for other, port in enumerate(self._ports):
                if other != number:
                    port.close()
            asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
            asyncio.run(Gateway(worker).serve(lambda: os.close(serving)))
            return 0

        pid = children.fork(run)
        os.close(serving)
        return pid, ready

    def _replace_all(self) -> None:
        """Start a successor on each slot's socket, then let the old worker drain."""
        for number, child in enumerate(self._workers):
            pid, ready = self._fork_worker(number)
            os.read(ready, 1)
            os.close(ready)
            old = child.pid
            child.began(pid, time.monotonic())
            if old:
                self._leaving[old] = number
                _signal(old, signal.SIGTERM)

    def _control_environment(self) -> dict[str, str]:
        settings = self._settings
        environment = {
            "FACADE_CHANNEL": self._channel,
            "FACADE_RUNTIME": str(self._runtime),
            "FACADE_ADMIN": self._admin(),
            "FACADE_LISTEN": settings.listen.written,
            "FACADE_ROUTES": str(settings.routes),
            "FACADE_IDENTITY_KEY": str(self._keys.identity),
            "FACADE_WORKERS": str(settings.workers),
            "FACADE_FORCE": settings.force,
            "FACADE_UPSTREAMS": " ".join(
                f"{name}={','.join(urls)}" for name, urls in settings.upstreams.items()
            ),
        }
        if settings.nats_url is not None:
            environment["FACADE_NATS_URL"] = settings.nats_url
        return environment

    def _admin(self) -> str:
        """Where the control process listens; `off` is a socket without an address to reach it."""
        if self._settings.admin.host == OFF:
            return f"{UNIX}{self._sockets_folder}/admin.sock"
        return self._settings.admin.written

    def _stop(self) -> None:
        """Workers first, so that the control process receives their last counts."""
        log.info("stopping")
        workers = {child.pid for child in self._workers if child.pid} | set(self._leaving)
        for pid in workers:
            _signal(pid, signal.SIGTERM)
        for port in self._ports:
            refuse(port)
        _await_end(workers, STOP_SECONDS)
        if self._control.pid:
            _signal(self._control.pid, signal.SIGTERM)
            _await_end({self._control.pid}, STOP_SECONDS)
        for port in self._ports:
            port.close()
        shutil.rmtree(self._sockets_folder, ignore_errors=True)


def _kept(name: str) -> Kept:
    return Kept(name, Restarts(first=0.1, most=3.0, stable=5.0))


def keys_of(settings: FacadeSettings, runtime: Path) -> KeyFiles:
    """Where this facade's keys lie."""
    usual = in_folder(runtime / "keys")
    return KeyFiles(
        settings.identity_key or usual.identity,
        settings.session_key or usual.session,
        settings.after_key or usual.after,
    )


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        log.debug("%d has ended already", pid)


def _await_end(pids: set[int], seconds: float) -> None:
    until = time.monotonic() + seconds
    while pids and time.monotonic() < until:
        pids -= children.reap().keys()
        time.sleep(POLL_SECONDS)
    for pid in pids:
        _signal(pid, signal.SIGKILL)


def main(settings: FacadeSettings) -> int:
    """Run the facade until it is stopped; the exit code is 2 when it cannot start."""
    telemetry.setup("facade")
    home = _state_folder(settings)
    runtime = settings.runtime or (home.path if home else None)
    passing = None if runtime else tempfile.mkdtemp(prefix="fig-facade-")
    runtime = runtime or Path(str(passing))
    try:
        return _start(settings, runtime, home)
    finally:
        if home is not None:
            home.leave()
        if passing is not None:
            shutil.rmtree(passing, ignore_errors=True)


def _state_folder(settings: FacadeSettings) -> StateFolder | None:
    """The folder beside the route file; None where it cannot be had, which is said."""
    try:
        return StateFolder(settings.routes)
    except BlockingIOError:
        why = "another facade runs by this route file"
    except OSError as error:
        why = f"nothing can be written beside the route file ({error.strerror})"
    lost = "" if settings.runtime else " and its evidence is gone when it ends; --runtime keeps it"
    log.warning("%s: `fig flip` finds this one by --admin alone%s", why, lost)
    return None


def _start(settings: FacadeSettings, runtime: Path, home: StateFolder | None) -> int:
    try:
        runtime.mkdir(parents=True, exist_ok=True)
        publisher = Publisher(
            settings.routes, runtime, settings.upstreams, time.time, settings.force
        )
        data = publisher.first()
        ensure(keys_of(settings, runtime))
        if home is not None:
            home.announce(settings.admin.written, runtime.resolve())
    except BadKey as error:
        print(f"keys: {error}", file=sys.stderr)  # noqa: T201
        return BAD_CONFIGURATION
    except RouteFileError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return BAD_CONFIGURATION
    except OSError as error:
        print(f"--runtime: cannot write to {runtime}: {error.strerror}", file=sys.stderr)  # noqa: T201
        return BAD_CONFIGURATION
    return Master(settings, runtime, publisher).run(data)
