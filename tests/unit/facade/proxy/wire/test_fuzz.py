"""Noise from both ends: whatever comes, the worker answers or closes, and leaks nothing.

A second here; `make fuzz` for ten, and a minute in CI (`FIG_FUZZ_SECONDS`).
"""

import os
import random
import time
from typing import Any

SECONDS = float(os.environ.get("FIG_FUZZ_SECONDS", "1"))
GOOD = [
    b"GET /legacy/a HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /shadow/a HTTP/1.1\r\nHost: a\r\n\r\n",
    b"POST /new/a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
    b"POST /search HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    b"GET /new/ws HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    b"HTTP/1.1 503 No\r\nFig-Declined: behind\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
    b"HTTP/1.0 200 OK\r\n\r\nuntil the end",
    b"HTTP/1.1 103 Early Hints\r\n\r\n",
]
BITS = [
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b" ",
    b":",
    b";",
    b"\xff",
    b"0",
    b"ffffffffffffffff",
    b"%",
    b"/..",
]


def noise(chance: random.Random) -> bytes:
    raw = b"".join(chance.choices(GOOD, k=chance.randint(1, 3)))
    for _ in range(chance.choice([0, 0, 1, 2, 5])):
        at = chance.randrange(len(raw) + 1)
        raw = raw[:at] + chance.choice(BITS) + raw[at + chance.randint(0, 3) :]
    return raw


def act(rig: Any, chance: random.Random, peers: list[Any]) -> None:
    """One thing that somebody at the other end of a connection may do."""
    peer = chance.choice(peers)
    if peer.transport.closing:
        return
    match chance.randrange(12):
        case 0:
            peer.shut()
        case 1:
            peer.vanish(ConnectionResetError())
        case 2:
            peer.transport.stuck = True
        case 3:
            if peer.transport.stuck:
                peer.unstick()
        case 4:
            rig.later(chance.choice([0.3, 3.0, 11.0, 31.0]))
        case 5:
            rig.wire.refuse ^= {chance.choice([1000, 2000])}
        case _:
            raw = noise(chance)
            cut = chance.randrange(len(raw) + 1)
            peer.send(raw[:cut])
            peer.send(raw[cut:])


def test_noise(make_rig: Any, monkeypatch: Any) -> None:
    seed = int(os.environ.get("FIG_FUZZ_SEED", "7"))
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        seed += 1
        one_life(make_rig(ROUTES), random.Random(seed))


def one_life(rig: Any, chance: random.Random) -> None:
    clients = [rig.client() for _ in range(3)]
    for _ in range(60):
        act(rig, chance, [*clients, *rig.wire.dialled])
    for client in clients:
        if not client.transport.closing:
            client.vanish()
    rig.wire.settle()
    gateway = rig.gateway
    assert gateway.counters.client.connections == 0
    assert not gateway.clients.open
    rig.later(700)  # every deadline passes
    for upstream in (*gateway.upstreams.live.values(), *gateway.upstreams.shadow.values()):
        assert upstream.snapshot()["connections"] == 0, upstream.config.name
    assert gateway.shadow._under_way == 0
    assert not any(part for part in gateway.deadlines._slices)


ROUTES = """
facade: {limits: {buffer: 4096}}
upstreams:
  legacy: {url: "http://legacy.test:1000", connections: 2}
  fresh:  {url: "http://new.test:2000", connections: 2}
routes:
  - {name: at-new, match: "* /new/{rest*}", new: fresh, stage: new}
  - {name: shadowed, match: "* /shadow/{rest*}", new: fresh, stage: shadow, compare: {sample: 100%}}
  - name: searching
    match: POST /search
    new: fresh
    stage: shadow
    safe: true
    compare: {sample: 100%}
"""
