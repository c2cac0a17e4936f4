"""Where an upstream's address leads, and with which Host it is asked."""

import re

import pytest

from facade.proxy.upstream.dialing import Address, address_of
from facade.routes.addressfile import Tls

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


def hosts(door, port: int) -> list[bytes]:
    """The Hosts with which this port was asked."""
    return [
        host
        for peer in door.wire.dialled
        if peer.transport.get_extra_info("peername")[1] == port
        for host in re.findall(rb"\r\nHost: ([^\r]*)", peer.read())
    ]


def ask(door, path: str) -> None:
    door.client().send(f"GET {path} HTTP/1.1\r\nHost: www.test\r\nCookie: a=b\r\n\r\n".encode())


@pytest.mark.parametrize(
    ("host", "told"), [("", b"www.test"), (HOST, b"new.internal")], ids=["kept", "set"]
)
def test_each_side_is_asked_with_its_host(make_door, host: str, told: bytes) -> None:
    door = make_door(ROUTES.format(host=host, health=""))
    ask(door, "/elsewhere")
    assert hosts(door, 1000) == [b"shop.internal:81"]
    ask(door, "/moved")
    assert hosts(door, 2000) == [told]


@pytest.mark.parametrize(
    ("host", "told"), [("", b"www.test"), (HOST, b"new.internal")], ids=["kept", "set"]
)
def test_so_is_a_copy(make_door, host: str, told: bytes) -> None:
    door = make_door(ROUTES.format(host=host, health=""))
    ask(door, "/seen")
    assert (hosts(door, 1000), hosts(door, 2000)) == ([b"shop.internal:81"], [told])


def test_so_is_legacy_in_place_of_a_new_side_that_is_away(make_door) -> None:
    door = make_door(ROUTES.format(host=HOST, health=""))
    door.wire.refuse.add(2000)
    ask(door, "/moved")
    assert hosts(door, 1000) == [b"shop.internal:81"]


def test_the_host_that_the_client_asked_for_is_said_beside_it(make_door) -> None:
    door = make_door(ROUTES.format(host="", health=""))
    ask(door, "/elsewhere")
    assert b"\r\nX-Forwarded-Host: www.test\r\n" in door.upstream.read()


def test_so_is_an_instance_whose_health_is_asked(make_door) -> None:
    door = make_door(ROUTES.format(host="", health=", health: {path: /up}"))
    door.gateway.health.tick(door.now)
    assert hosts(door, 1000) == [b"shop.internal:81"]
