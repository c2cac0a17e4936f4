"""A whole worker on a wire without sockets: bytes in, bytes out."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from facade.proxy.downstream.inbound import Inbound
from facade.proxy.gateway import Gateway, WorkerSettings
from facade.proxy.idle import IdleQueue
from facade.runtime.channel import COUNTERS, HELLO, Frame
from facade.runtime.keyring import KeyFiles
from tests.rigs.facade.wires.wire import FakePeer, FakeWire

ROUTES = """
upstreams:
  legacy: {url: "http://legacy.test:1000"}
  fresh:  {url: "http://new.test:2000"}
routes:
  - {name: at-legacy, match: "* /legacy/{rest*}", stage: legacy}
  - {name: at-new, match: "* /new/{rest*}", new: fresh, stage: new}
  - {name: no-way-back, match: "* /retired/{rest*}", new: fresh, stage: retired}
  - {name: shadowed, match: "* /shadow/{rest*}", new: fresh, stage: shadow, compare: {sample: 100%}}
  - name: searching
    match: POST /search
    new: fresh
    stage: shadow
    safe: true
    compare: {sample: 100%}
"""


class FakeChannel:
    """Takes frames in place of the control process."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.open = True

    def has_room(self, _size: int) -> bool:
        return self.open

    def offer(self, kind: int, meta: Any, blob: bytes = b"") -> bool:
        if self.open:
            self.frames.append(Frame(kind, meta, blob))
        return self.open

    @property
    def pairs(self) -> list[Frame]:
        return [frame for frame in self.frames if frame.kind not in (COUNTERS, HELLO)]


class Rig:
    """A worker, its wire, and the clock in the test's hands."""

    def __init__(
        self, routes: str, keys: KeyFiles | None = None, memory: Path | None = None
    ) -> None:
        self.wire = FakeWire()
        worker = WorkerSettings(0, (), Path(os.devnull), Path(os.devnull), "", {}, keys, memory)
        self.turns: list[Callable[[], None]] | None = None  # a list: idle work waits there
        self.gateway = Gateway(worker, self.wire, IdleQueue(self._soon))
        self.channel = FakeChannel()
        self.gateway.shadow.channel = self.channel
        self.now = self.gateway.deadlines.now  # a clock of its own would be later than the worker's
        self.use(routes)

    def use(self, routes: str) -> None:
        self.gateway.use(routes.encode())

    def breakers(self, upstream: str) -> dict[str, Any]:
        """The states of an upstream's breakers, by circuit class."""
        facts = self.gateway.breakers.facts(upstream, self.gateway.deadlines.now)
        return {circuit_class: one["state"] for circuit_class, one in facts.items()}

    def _soon(self, work: Callable[[], None]) -> None:
        if self.turns is None:
            work()
        else:
            self.turns.append(work)

    def turn(self) -> None:
        """Begin the next turn of the event loop."""
        turns, self.turns = self.turns or [], []
        for work in turns:
            work()
        self.wire.settle()

    def client(self, address: str = "192.0.2.7") -> FakePeer:
        return self.wire.connect(Inbound(self.gateway.context), address)

    @property
    def upstream(self) -> FakePeer:
        """The one connection to an upstream."""
        (one,) = self.wire.dialled
        return one

    def check_health(self) -> None:
        """Begin the checks that are due."""
        self.gateway.health.tick(self.now)
        self.wire.settle()

    def later(self, seconds: float) -> None:
        """Let time pass, in steps fine enough for every deadline on the way."""
        end = self.now + seconds
        while self.now < end:
            self.now = min(end, self.now + 0.25)
            for _ in range(4):
                self.gateway.deadlines.tick(self.now)
            self.gateway.upstreams.sweep(self.now)
            self.gateway.identity.tick(self.now)
            self.wire.settle()

    def counts(self, route: str) -> dict[str, Any]:
        """What a worker would report for a route."""
        return self.gateway.counters.of_route(route).snapshot()


@pytest.fixture
def make_rig() -> Callable[..., Rig]:
    return Rig


@pytest.fixture
def rig() -> Rig:
    return Rig(ROUTES)
