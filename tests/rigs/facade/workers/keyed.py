"""Requests with an `Idempotency-Key`, and the workers of one host that remember them."""

from pathlib import Path

from facade.proxy.idempotency import keys as keys_module
from facade.runtime.keyring import ensure, in_folder

LEGACY, NEW = 1000, 2000
ROUTES = """
facade: {identity: {ask: /me}}
upstreams:
  legacy: {url: "http://legacy.test:1000"}
  fresh:  {url: "http://new.test:2000"}
routes:
  - {name: order, match: "* /order", new: fresh, stage: STAGE}
  - {name: plain, match: "POST /plain", stage: legacy}
  - {name: search, match: "POST /search", new: fresh, stage: new, safe: true}
"""
CREATED = (
    b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nLocation: /order/7\r\n"
    b"Content-Length: 9\r\n\r\n"
    b'{"id": 7}'
)
LARGE = b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n%b" % (
    keys_module.MOST_ANSWER + 1,
    b"x" * (keys_module.MOST_ANSWER + 1),
)


def post(
    key: str = "k1", body: bytes = b'{"a":1}', path: str = "/order", cookie: str = "", *lines: str
) -> bytes:
    head = [f"POST {path} HTTP/1.1", "Host: a", f"Content-Length: {len(body)}", *lines]
    if key:
        head.append(f"Idempotency-Key: {key}")
    if cookie:
        head.append(f"Cookie: session={cookie}")
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


class Host:
    """The workers of one host, and the two sides."""

    def __init__(self, make_rig, folder: Path) -> None:
        self._make = make_rig
        self._folder = folder
        self.keys = in_folder(folder / "keys")
        ensure(self.keys)

    def worker(self, stage: str = "new", more: str = "", *, owner: str = ""):
        routes = ROUTES.replace("STAGE", stage) + more
        if owner:
            routes = routes.replace("new: fresh,", "new: fresh, domain: goods,")
            routes += f"domains: {{goods: {{owner: {owner}}}}}\n"
        return self._make(routes, self.keys, self._folder / "memory")


def waiting(rig, port: int):
    """The one request that waits on a side: its peer, and what was sent."""
    peers = [p for p in rig.wire.dialled if p.transport.get_extra_info("peername")[1] == port]
    ((peer, sent),) = [(peer, sent) for peer in peers if (sent := peer.read())]
    return peer, sent


def idle(rig) -> bool:
    return not any(peer.read() for peer in rig.wire.dialled)


def ask(rig, request: bytes):
    client = rig.client()
    client.send(request)
    return client


def done(rig, request: bytes, port: int = NEW, answer: bytes = CREATED) -> bytes:
    """Send a request, let a side answer it; returns what the client got."""
    client = ask(rig, request)
    waiting(rig, port)[0].send(answer)
    return client.read()


def status(data: bytes) -> int:
    return int(data.split(b" ", 2)[1])
