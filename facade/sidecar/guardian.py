"""Keeps the proxy up and, while it is well, lends it the monolith's place at the facade.

proxy well        renew the lease              proxy dead or silent   revoke, start it again
asked to stop     revoke, let it drain, end    we are killed          the proxy ends itself,
                                                                      the lease runs out
"""

import json
import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from chassis.process import lifetime
from chassis.process.files import read_object, write_whole
from chassis.process.keeper import Kept, Restarts
from chassis.registry import redirects
from facade.routes.config.routefile import LEGACY
from facade.sidecar.folder import Folder
from facade.sidecar.proxy import program as proxy

log = logging.getLogger("sidecar")

POLL_SECONDS = 0.05
RENEW_SECONDS = 1.0
SILENT_SECONDS = 2.0  # it writes its status four times a second
SETTLE_SECONDS = 0.25  # after this every worker has seen that the lease is over
STOP_SECONDS = proxy.DRAIN_SECONDS + 3.0
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")


@dataclass(frozen=True)
class Order:
    """What shall run. `runtime` is the facade's folder; None lends nothing."""

    folder: Folder
    upstream: str  # http://HOST:PORT
    host: str = "127.0.0.1"
    port: int = 0
    runtime: Path | None = None


class Child(Protocol):
    """A process that was started."""

    pid: int

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""

    def send_signal(self, number: int, /) -> None:
        """To the process."""

    def kill(self) -> None:
        """At once."""


def command(python: Path, order: Order) -> list[str]:
    """The proxy's program; `-P`: its own folder is no place for imports."""
    options = {
        "--folder": str(order.folder.root),
        "--upstream": order.upstream,
        "--host": order.host,
        "--port": str(order.port),
        "--parent": str(os.getpid()),
    }
    program = [str(python), "-P", proxy.__file__]
    return program + [word for pair in options.items() for word in pair]


def start(words: Sequence[str]) -> Child:
    """Start the proxy with a clean environment: nothing of ours may come before its libraries."""
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL)


class Guardian:
    """One run. Knows processes by `starter` and time by `clock` (unix) and `monotonic`."""

    def __init__(
        self,
        order: Order,
        starter: Callable[[], Child],
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._order, self._starter = order, starter
        self._clock, self._monotonic, self._sleep = clock, monotonic, sleep
        self._child: Child | None = None
        self._kept = Kept("the proxy", Restarts(first=0.2, most=5.0, stable=10.0))
        self._renew_at = 0.0
        self._lent = False

    def run(self, stopped: Callable[[], bool]) -> None:
        """Run until `stopped`; returns when the proxy has ended."""
        own = lifetime.of(os.getpid())
        write_whole(self._order.folder.guardian, json.dumps(asdict(own)), private=True)
        try:
            while not stopped():
                self.turn()
                self._sleep(POLL_SECONDS)
        finally:
            self._stop()
            self._order.folder.guardian.unlink(missing_ok=True)
            self._order.folder.status.unlink(missing_ok=True)

    def turn(self) -> None:
        """Look once, do what is due."""
        now = self._monotonic()
        child = self._child
        if child is not None and (code := child.poll()) is not None:
            log.warning("%s", self._kept.ended(code, now))
            self._child = child = None
        if child is None:
            self._revoke()
            if self._kept.due(now):
                self._order.folder.status.unlink(missing_ok=True)  # of the one before
                self._child = self._starter()
                self._kept.began(self._child.pid, now)
            return
        status = self._status(child)
        if status is None:
            self._revoke()
        elif self._order.runtime is not None and now >= self._renew_at:
            self._renew_at = now + RENEW_SECONDS
            addresses = {LEGACY: [f"http://{status['listen']}"]}
            redirects.grant(self._order.runtime, addresses, self._clock())
            self._lent = True

    def _status(self, child: Child) -> dict[str, Any] | None:
        """What the proxy says, when it is this one, just now, and its port is open."""
        status = read_object(self._order.folder.status)
        if status is None or status.get("pid") != child.pid or not status.get("listen"):
            return None
        silent = self._clock() - float(status.get("at", 0))
        return status if silent < SILENT_SECONDS and not status.get("draining") else None

    def _revoke(self) -> None:
        self._renew_at = 0.0
        if self._lent and self._order.runtime is not None:
            redirects.revoke(self._order.runtime)
            self._lent = False

    def _stop(self) -> None:
        self._revoke()
        child = self._child
        if child is None or child.poll() is not None:
            return
        self._sleep(SETTLE_SECONDS)
        child.send_signal(signal.SIGTERM)
        until = self._monotonic() + STOP_SECONDS
        while child.poll() is None and self._monotonic() < until:
            self._sleep(POLL_SECONDS)
        if child.poll() is None:
            log.warning("the proxy does not end; killing it")
            child.kill()
