"""Where an upstream's address leads, and with which Host it is asked."""

import asyncio
import re
import ssl
from asyncio import events
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from facade.proxy.upstream.dialing import Address, Dialer, address_of
from facade.routes.config.addressfile import Tls

ROUTES = """
upstreams:
  legacy: {{url: "http://legacy.test:1000", host: "shop.internal:81"{health}}}
  fresh:  {{url: "https://new.test:2000"{host}}}
routes:
  - {{name: moved, match: "* /moved", new: fresh, stage: new}}
  - {{name: seen, match: "* /seen", new: fresh, stage: shadow, compare: {{sample: 100%}}}}
"""
HOST = ', host: "new.internal"'


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://a", Address("a", 80)),
        ("http://a:81", Address("a", 81)),
        ("http://[::1]:81", Address("::1", 81)),
        ("https://a", Address("a", 443, Tls())),
        ("https://a:81", Address("a", 81, Tls())),
        ("unix:/run/a.sock", Address("localhost", 80, path="/run/a.sock")),
    ],
)
def test_an_address(url: str, address: Address) -> None:
    assert address_of(url, Tls()) == address


def hosts(rig, port: int) -> list[bytes]:
    """The Hosts with which this port was asked."""
    return [
        host
        for peer in rig.wire.dialled
        if peer.transport.get_extra_info("peername")[1] == port
        for host in re.findall(rb"\r\nHost: ([^\r]*)", peer.read())
    ]


def ask(rig, path: str) -> None:
    rig.client().send(f"GET {path} HTTP/1.1\r\nHost: www.test\r\nCookie: a=b\r\n\r\n".encode())


@pytest.mark.parametrize(
    ("host", "expected"), [("", b"www.test"), (HOST, b"new.internal")], ids=["kept", "set"]
)
def test_each_side_is_asked_with_its_host(make_rig, host: str, expected: bytes) -> None:
    rig = make_rig(ROUTES.format(host=host, health=""))
    ask(rig, "/elsewhere")
    assert hosts(rig, 1000) == [b"shop.internal:81"]
    ask(rig, "/moved")
    assert hosts(rig, 2000) == [expected]


@pytest.mark.parametrize(
    ("host", "expected"), [("", b"www.test"), (HOST, b"new.internal")], ids=["kept", "set"]
)
def test_so_is_a_copy(make_rig, host: str, expected: bytes) -> None:
    rig = make_rig(ROUTES.format(host=host, health=""))
    ask(rig, "/seen")
    assert (hosts(rig, 1000), hosts(rig, 2000)) == ([b"shop.internal:81"], [expected])


def test_so_is_legacy_in_place_of_a_new_side_that_is_away(make_rig) -> None:
    rig = make_rig(ROUTES.format(host=HOST, health=""))
    rig.wire.refuse.add(2000)
    ask(rig, "/moved")
    assert hosts(rig, 1000) == [b"shop.internal:81"]


def test_the_host_that_the_client_asked_for_is_said_beside_it(make_rig) -> None:
    rig = make_rig(ROUTES.format(host="", health=""))
    ask(rig, "/elsewhere")
    assert b"\r\nX-Forwarded-Host: www.test\r\n" in rig.upstream.read()


def test_so_is_an_instance_whose_health_is_asked(make_rig) -> None:
    rig = make_rig(ROUTES.format(host="", health=", health: {path: /up}"))
    rig.check_health()
    assert hosts(rig, 1000) == [b"shop.internal:81"]


# the dialer, on a loop that opens nothing


class Loop:
    """Keeps what is to be opened; fails, or never comes to an end, where told to."""

    def __init__(self, error: BaseException | None = None, hangs: bool = False) -> None:
        self.error, self.hangs = error, hangs
        self.opened: list[tuple[Any, ...]] = []

    async def create_unix_connection(self, make: Callable[[], Any], path: str) -> None:
        await self._open(make, path)

    async def create_connection(
        self, make: Callable[[], Any], host: str, port: int, ssl: Any
    ) -> None:
        await self._open(make, host, port, ssl)

    async def _open(self, make: Callable[[], Any], *where: Any) -> None:
        self.opened.append((make(), *where))
        if self.hangs:
            await asyncio.Event().wait()
        if self.error is not None:
            raise self.error

    def create_task(self, coroutine: Any) -> "asyncio.Task[None]":
        return asyncio.ensure_future(coroutine)


@pytest.fixture
def dial(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Dials on such a loop; what became of it."""

    async def dialled(loop: Loop, address: Address, seconds: float = 5.0) -> Any:
        monkeypatch.setattr(asyncio, "get_running_loop", lambda: loop)
        ended: asyncio.Future[BaseException | None] = events.get_running_loop().create_future()
        protocol: Any = "protocol"
        said: list[BaseException | None] = []

        def done(error: BaseException | None) -> None:
            said.append(error)
            if not ended.done():
                ended.set_result(error)

        Dialer()(protocol, address, seconds, done)
        error = await ended
        assert said == [error]
        return error

    return dialled


async def test_a_host_and_port_are_dialled_or_a_sockets_path(dial: Any) -> None:
    loop = Loop()
    assert await dial(loop, Address("a", 81)) is None
    assert await dial(loop, Address("localhost", 80, path="/run/a.sock")) is None
    assert loop.opened == [("protocol", "a", 81, None), ("protocol", "/run/a.sock")]


@pytest.mark.parametrize("error", [OSError("refused"), asyncio.CancelledError(), ValueError("x")])
async def test_whatever_goes_wrong_is_said_once(dial: Any, error: BaseException) -> None:
    assert await dial(Loop(error), Address("a", 81)) is error


async def test_after_its_time_it_has_failed(dial: Any) -> None:
    assert isinstance(await dial(Loop(hangs=True), Address("a", 81), 0.01), TimeoutError)


async def test_by_tls_the_other_side_proves_its_name_and_is_asked_for_http1(dial: Any) -> None:
    loop = Loop()
    assert await dial(loop, Address("a", 443, Tls())) is None
    ((_, _, _, context),) = loop.opened
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.get_ca_certs() or ssl.get_default_verify_paths().cafile is None


async def test_unless_it_is_told_not_to_look(dial: Any) -> None:
    loop = Loop()
    await dial(loop, Address("a", 443, Tls(verify=False)))
    context = loop.opened[0][3]
    assert (context.check_hostname, context.verify_mode) == (False, ssl.CERT_NONE)


async def test_a_bad_authority_is_a_failure_to_connect(dial: Any) -> None:
    loop = Loop()
    assert isinstance(await dial(loop, Address("a", 443, Tls(ca="/no/such.pem"))), OSError)
    assert loop.opened == []


def test_a_context_is_made_once_for_the_same_options(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[str | None, list[str]]] = []
    create = ssl.create_default_context

    def noted(cafile: str | None = None) -> Any:
        context = create()
        offered = made.append
        return SimpleNamespace(
            set_alpn_protocols=lambda names: offered((cafile, names)), real=context
        )

    monkeypatch.setattr(ssl, "create_default_context", noted)
    dialer = Dialer()
    first = dialer._context(Tls(ca="a.pem"))
    assert dialer._context(Tls(ca="a.pem")) is first
    assert dialer._context(Tls(ca="b.pem")) is not first
    assert made == [("a.pem", ["http/1.1"]), ("b.pem", ["http/1.1"])]


async def test_who_dials_is_held_until_it_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """The event loop holds tasks weakly."""
    dialer, ended = Dialer(), asyncio.Event()
    loop = Loop()
    monkeypatch.setattr(asyncio, "get_running_loop", lambda: loop)
    protocol: Any = None
    dialer(protocol, Address("a", 81), 5.0, lambda _: ended.set())
    assert len(dialer._under_way) == 1
    await ended.wait()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert dialer._under_way == set()
