"""A write whose data the new side owns is never asked of legacy, whatever the trouble is."""

import pytest

LEGACY, NEW = 1000, 2000
ROUTES = """
upstreams:
  legacy: {url: "http://legacy.test:1000"}
  fresh:  {url: "http://new.test:2000", breaker: {minimum_calls: 1}, connections: 1}
domains: {goods: {owner: %s}}
routes:
  - name: save
    match: "GET|POST /save"
    new: fresh
    stage: new
    domain: goods
    fallback: {on: [connect, reset, timeout, 5xx]}
"""
DECLINED = b"HTTP/1.1 503 No\r\nFig-Declined: %b\r\n%bContent-Length: 0\r\n\r\n"
AGAIN = b"Retry-After: 2\r\n"
OWNERS = {"moving": (True, False), "new": (True, False), "new, window: closed": (True, True)}


def ask(rig, method: str):
    client = rig.client()
    client.send(f"{method} /save HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    return client


def asked_legacy(rig) -> bool:
    return rig.counts("save")["requests"]["legacy"] > 0 or any(
        peer.transport.get_extra_info("peername")[1] == LEGACY for peer in rig.wire.dialled
    )


def trouble(rig, kind: str, method: str) -> bytes:
    """One request for which the new side is in this trouble; its answer."""
    if kind in ("refused", "breaker"):
        rig.wire.refuse.add(NEW)
    if kind == "breaker":
        ask(rig, method)
        word = "write" if method == "POST" else "read"
        assert rig.breakers("fresh")[word] == "open"
    if kind == "unreachable":
        rig.wire.silent.add(NEW)
    client = ask(rig, method)
    match kind:
        case "unreachable":
            rig.wire.time_out()
        case "closed":
            rig.wire.dialled[-1].vanish()
        case "500":
            rig.wire.dialled[-1].send(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")
        case "declined":
            rig.wire.dialled[-1].send(DECLINED % (b"behind", b""))
        case "declined for a time":
            rig.wire.dialled[-1].send(DECLINED % (b"moving", b"retry-after: 9\r\n"))
    return client.read()


@pytest.mark.parametrize("owner", OWNERS)
@pytest.mark.parametrize(
    ("kind", "status", "again"),
    [
        ("refused", b"503", AGAIN),
        ("breaker", b"503", AGAIN),
        ("unreachable", b"503", AGAIN),
        ("closed", b"502", b""),  # it may have been done
        ("500", b"500", b""),
        ("declined", b"503", AGAIN),
        ("declined for a time", b"503", b"retry-after: 9\r\n"),
    ],
)
def test_no_trouble_turns_a_write_to_legacy(make_rig, owner, kind, status, again) -> None:
    rig = make_rig(ROUTES % owner)
    said = trouble(rig, kind, "POST")
    assert not asked_legacy(rig)
    assert said.startswith(b"HTTP/1.1 " + status)
    assert said.lower().count(b"retry-after") == bool(again)
    assert again in said


@pytest.mark.parametrize("kind", ["refused", "unreachable", "closed", "500", "declined"])
@pytest.mark.parametrize("owner", OWNERS)
def test_reads_fall_back_until_the_window_is_closed(make_rig, owner, kind) -> None:
    rig = make_rig(ROUTES % owner)
    trouble(rig, kind, "GET")
    assert asked_legacy(rig) is not OWNERS[owner][1]


def test_while_legacy_owns_it_a_declined_write_goes_there(make_rig) -> None:
    rig = make_rig(ROUTES % "legacy")
    trouble(rig, "declined", "POST")
    assert asked_legacy(rig)
