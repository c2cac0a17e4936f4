"""Legacy's last word about a session: shared by workers, kept over restarts, ended by a logout.

Rigs on one memory are workers of one host; each has a logout list of its own, as after a restart.
"""

import time
from pathlib import Path

import pytest

from facade.proxy.identity.credentials import SessionOwner
from facade.proxy.identity.remembered import Remembered
from facade.runtime import memory as memory_module
from facade.runtime.keyring import ensure, in_folder
from facade.runtime.memory import HostMemory

LEGACY, NEW = 1000, 2000
ROUTES = """
facade: {identity: {ask: /api/me, forget_on: [logout]}}
upstreams:
  legacy: {url: "http://legacy.test:1000"}
  fresh:  {url: "http://new.test:2000"}
routes:
  - {name: mine, match: "GET /orders", new: fresh, stage: new, fallback: false, needs: [identity]}
  - {name: order, match: "POST /order", new: fresh, stage: new, needs: [session]}
  - {name: logout, match: "POST /logout", stage: legacy}
"""
SARA = b'{"email": "sara@shop.test", "name": "Sara"}'
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"
HOUR = 3600.0


class Host:
    """The workers of one host, by one wall clock."""

    def __init__(self, make_rig, folder: Path) -> None:
        self._make, self._folder = make_rig, folder
        self._passed = 0.0
        self.rigs: list = []
        ensure(in_folder(folder / "keys"))

    def worker(self, routes: str = ROUTES):
        rig = self._make(routes, in_folder(self._folder / "keys"), self._folder / "memory")
        rig.gateway.memory.clock = lambda: time.time() + self._passed
        rig.now += self._passed
        rig.gateway.deadlines.tick(rig.now)
        self.rigs.append(rig)
        return rig

    def later(self, seconds: float) -> None:
        self._passed += seconds
        for rig in self.rigs:
            rig.now += seconds
            rig.gateway.deadlines.tick(rig.now)
            rig.gateway.upstreams.sweep(rig.now)
            rig.wire.settle()


@pytest.fixture
def host(make_rig, tmp_path: Path) -> Host:
    return Host(make_rig, tmp_path)


def ask(rig, path: str = "/orders", cookie: str = "s1", method: str = "GET"):
    client = rig.client()
    client.send(
        f"{method} {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n"
        f"Cookie: session={cookie}\r\n\r\n".encode()
    )
    return client


def answer(rig, port: int, data: bytes) -> bytes:
    peers = [p for p in rig.wire.dialled if p.transport.get_extra_info("peername")[1] == port]
    ((peer, sent),) = [(peer, sent) for peer in peers if (sent := peer.read())]
    peer.send(data)
    return sent


def meet(rig, cookie: str = "s1", said: bytes = SARA) -> None:
    """Legacy says whose session it is, and the new side answers."""
    ask(rig, cookie=cookie)
    answer(rig, LEGACY, b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(said) + said)
    answer(rig, NEW, OK)


def serves(rig, path: str = "/orders", method: str = "GET", cookie: str = "s1") -> bool:
    """Whether the new side gets the client's identity while legacy is away."""
    rig.wire.refuse.add(LEGACY)
    for peer in rig.wire.dialled:
        if peer.transport.get_extra_info("peername")[1] == LEGACY:
            peer.vanish()
    client = ask(rig, path, cookie, method)
    received = client.read()
    if received:
        assert received.startswith(b"HTTP/1.1 503")
        return False
    assert b"Fig-Identity: " in answer(rig, NEW, OK)
    assert client.read().endswith(b"fine")
    return True


@pytest.mark.parametrize(("method", "path"), [("POST", "/order"), ("GET", "/orders")])
@pytest.mark.parametrize("hours", [0.1, 1.0, 11.9])
def test_orders_and_order_pages_go_on_for_hours(host, method, path, hours: float) -> None:
    rig = host.worker()
    meet(rig)
    host.later(hours * HOUR)
    assert serves(rig, path, method)


def test_not_for_ever(host) -> None:
    rig = host.worker()
    meet(rig)
    host.later(12.1 * HOUR)
    assert not serves(rig)


def test_every_worker_knows_what_one_has_heard(host) -> None:
    one, two = host.worker(), host.worker()
    meet(one)
    ask(two)
    answer(two, NEW, OK)  # legacy is not asked a second time
    host.later(HOUR)
    assert serves(two)


def test_a_worker_that_begins_while_legacy_is_away_knows_too(host) -> None:
    meet(host.worker())
    host.later(HOUR)
    assert serves(host.worker())


def test_a_stranger_is_not_let_in(host) -> None:
    meet(host.worker())
    assert not serves(host.worker(), cookie="s2")


def test_a_logout_ends_it_in_every_worker_and_over_a_restart(host) -> None:
    one, two = host.worker(), host.worker()
    meet(one)
    ask(two, "/logout", method="POST")
    answer(two, LEGACY, OK)
    assert not serves(two)
    assert not serves(host.worker())


def test_a_logout_while_legacy_is_away_ends_it_too(host) -> None:
    rig = host.worker()
    meet(rig)
    rig.wire.refuse.add(LEGACY)
    ask(rig, "/logout", method="POST")
    assert not serves(rig)
    assert not serves(host.worker())


def test_a_logout_that_cannot_be_written_is_not_forgotten(host, monkeypatch) -> None:
    monkeypatch.setattr(memory_module, "LOCK_SECONDS", 0.002)
    rig, other = host.worker(), host.worker()
    meet(rig)
    meet(other, "s9")
    with other.gateway.memory.open().locked():
        ask(rig, "/logout", method="POST")
        answer(rig, LEGACY, OK)
        assert not serves(rig)
    assert not serves(rig)
    assert not serves(host.worker()), "written as soon as the memory could be had"


def test_a_login_elsewhere_is_believed_over_the_last_word(host) -> None:
    one, two = host.worker(), host.worker()
    meet(one)
    host.later(60.0)
    meet(two, said=SARA.replace(b"sara@", b"tom@"))
    ask(one)
    sent = answer(one, NEW, OK)
    assert b"Fig-Identity" in sent, "legacy is not asked: another worker did a moment ago"
    assert one.gateway.identity._sessions.known(b"session=s1").email == "tom@shop.test"


def test_another_address_to_ask_drops_the_last_word(host) -> None:
    meet(host.worker())
    other = host.worker(ROUTES.replace("ask: /api/me", "ask: /other"))
    assert not serves(other)


def test_no_cookie_is_written_to_the_disk(host, tmp_path: Path) -> None:
    meet(host.worker(), "a-very-secret-session")
    for path in (tmp_path / "memory").rglob("*"):
        assert not path.is_file() or b"a-very-secret-session" not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("step", [-7200.0, 7200.0])
def test_after_a_step_of_the_wall_clock_a_session_keeps_its_owner(
    tmp_path: Path, step: float
) -> None:
    wall = [1_000_000.0]
    shared = HostMemory(tmp_path / "memory", lambda: wall[0])
    remembered = Remembered(shared, lambda: 500.0)
    remembered.keep(b"s1", SessionOwner("sara@shop.test", "Sara", 500.0), 43_200.0)
    wall[0] += step
    owner = remembered.of(b"s1")
    assert owner is not None
    assert owner.email == "sara@shop.test"
    assert owner.asked <= 500.0, "never younger than it is"
    assert owner.asked == 500.0 - max(0.0, step)
