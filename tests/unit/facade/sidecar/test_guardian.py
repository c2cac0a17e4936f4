"""The guardian, on a clock of the test's and a proxy that is made of a status file."""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from chassis.registry.redirects import LEASE_SECONDS, REDIRECTS, parse
from facade.sidecar import guardian
from facade.sidecar.folder import Folder
from facade.sidecar.guardian import SILENT_SECONDS, STOP_SECONDS, Guardian, Order

LISTEN = "127.0.0.1:40123"
LENT = {"legacy": [f"http://{LISTEN}"]}


class Proxy:
    """A process that ends when it is asked to, unless it is deaf."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.code: int | None = None
        self.deaf = False
        self.signals: list[int] = []
        self.on_signal: Callable[[], None] = lambda: None

    def poll(self) -> int | None:
        return self.code

    def send_signal(self, number: int, /) -> None:
        self.signals.append(number)
        self.on_signal()
        if not self.deaf:
            self.code = 0

    def kill(self) -> None:
        self.signals.append(signal.SIGKILL)
        self.code = -signal.SIGKILL


class Scene:
    """A guardian in a folder, and time that passes only here."""

    def __init__(self, folder: Path, *, lends: bool = True) -> None:
        self.now = 5000.0
        self.folder, self.runtime = Folder(folder), folder
        self.proxies: list[Proxy] = []
        order = Order(self.folder, "http://127.0.0.1:5000", runtime=folder if lends else None)
        self.guardian = Guardian(order, self._start, self._time, self._time, self._sleep)

    def _start(self) -> Proxy:
        self.proxies.append(Proxy(100 + len(self.proxies)))
        return self.proxies[-1]

    def _time(self) -> float:
        return self.now

    def _sleep(self, seconds: float) -> None:
        self.now += seconds

    def says(self, **changes: object) -> None:
        """The latest proxy writes its status."""
        status = {"pid": self.proxies[-1].pid, "at": self.now, "listen": LISTEN, "draining": False}
        self.folder.status.write_text(json.dumps(status | changes))

    def turn(self, seconds: float = 0.0) -> None:
        self.now += seconds
        self.guardian.turn()

    def up(self) -> None:
        self.turn()
        self.says()
        self.turn()

    @property
    def lent(self) -> dict[str, list[str]]:
        """What a worker would take from the file now."""
        try:
            until, addresses = parse((self.runtime / REDIRECTS).read_bytes())
        except FileNotFoundError:
            return {}
        return addresses if until > self.now else {}


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_nothing_is_lent_before_the_port_is_open(scene: Scene) -> None:
    scene.turn()
    scene.says(listen="")
    scene.turn()
    assert scene.lent == {}
    scene.says()
    scene.turn()
    assert scene.lent == LENT


def test_the_lease_is_renewed_while_the_proxy_is_well(scene: Scene) -> None:
    scene.up()
    for _ in range(100):
        scene.now += 0.1
        scene.says()
        scene.turn()
        assert scene.lent == LENT
    assert scene.now > 5000.0 + 3 * LEASE_SECONDS


def test_a_dead_proxy_loses_the_lease_at_once_and_is_started_again(scene: Scene) -> None:
    scene.up()
    scene.proxies[0].code = -9
    scene.turn(0.05)
    assert scene.lent == {}
    scene.turn(10.0)
    assert len(scene.proxies) == 2
    scene.turn()
    assert scene.lent == {}, "the status of the dead one counts"
    scene.says()
    scene.turn()
    assert scene.lent == LENT


def test_a_proxy_that_keeps_dying_is_started_less_and_less_often(scene: Scene) -> None:
    for _ in range(1200):
        scene.turn(0.05)
        scene.proxies[-1].code = 1
    assert 5 <= len(scene.proxies) <= 25


def test_a_silent_proxy_loses_the_lease_and_gets_it_back(scene: Scene) -> None:
    scene.up()
    scene.turn(SILENT_SECONDS + 0.1)
    assert scene.lent == {}
    scene.says()
    scene.turn()
    assert scene.lent == LENT


def test_a_draining_proxy_gets_nothing_more(scene: Scene) -> None:
    scene.up()
    scene.says(draining=True)
    scene.turn(0.1)
    assert scene.lent == {}


def test_when_the_guardian_is_killed_the_lease_runs_out(scene: Scene) -> None:
    scene.up()
    scene.now += LEASE_SECONDS
    assert scene.lent == {}


def test_the_lease_ends_before_the_proxy_is_told_to(scene: Scene) -> None:
    lent: list[dict[str, list[str]]] = []
    turns = iter([False, False, False, True])

    def stopped() -> bool:
        for proxy in scene.proxies:
            scene.says()
            proxy.on_signal = lambda: lent.append(scene.lent)
        lent.append(scene.lent)
        return next(turns)

    scene.guardian.run(stopped)
    assert lent == [{}, {}, LENT, LENT, {}]
    assert scene.proxies[0].code == 0
    assert not scene.folder.guardian.exists()
    assert not scene.folder.status.exists()


def test_a_deaf_proxy_is_killed_in_the_end(scene: Scene) -> None:
    turns = iter([False, True])
    began = scene.now

    def stopped() -> bool:
        for proxy in scene.proxies:
            proxy.deaf = True
        return next(turns)

    scene.guardian.run(stopped)
    assert scene.proxies[0].signals == [signal.SIGTERM, signal.SIGKILL]
    assert scene.now - began >= STOP_SECONDS


def test_without_a_facade_nothing_is_lent(tmp_path: Path) -> None:
    scene = Scene(tmp_path, lends=False)
    scene.up()
    assert not (tmp_path / REDIRECTS).exists()


def test_the_program_names_its_parent_and_keeps_our_path_away(tmp_path: Path) -> None:
    order = Order(Folder(tmp_path), "http://127.0.0.1:5000", port=4711)
    words = guardian.command(Path("/venv/bin/python"), order)
    assert words[:2] == ["/venv/bin/python", "-P"]
    assert words[words.index("--parent") + 1] == str(os.getpid())
    assert words[words.index("--port") + 1] == "4711"
