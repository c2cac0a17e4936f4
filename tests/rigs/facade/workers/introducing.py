"""A worker on a wire without sockets, whose routes need to know who is asking."""

from typing import Any

from facade.runtime.keyring import KeyFiles

SARA = b'{"email": "sara@shop.test", "name": "Sara"}'


def get(path: str, *lines: str, cookie: str | None = "session=s1") -> bytes:
    head = [f"GET {path} HTTP/1.1", "Host: shop.test", *lines]
    if cookie:
        head.append(f"Cookie: {cookie}")
    return ("\r\n".join(head) + "\r\n\r\n").encode()


def post(path: str, body: bytes = b"{}", cookie: str = "session=s1") -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: shop.test\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Cookie: {cookie}\r\n\r\n".encode() + body


def ok(body: bytes = b"fine", status: str = "200 OK", more: bytes = b"") -> bytes:
    head = b"HTTP/1.1 %b\r\n%bContent-Length: %d\r\n\r\n" % (status.encode(), more, len(body))
    return head + body


def fields(head: bytes) -> dict[str, str]:
    lines = head.split(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    pairs = (line.decode().split(": ", 1) for line in lines)
    return {name.lower(): value for name, value in pairs}


def status(answer: bytes) -> int:
    """The status code of an answer."""
    return int(answer.split(b" ", 2)[1])


class Shop:
    """A worker with keys, and what came to each side."""

    def __init__(self, rig: Any, keys: KeyFiles) -> None:
        self.rig, self.keys = rig, keys

    def peers(self, port: int) -> list[Any]:
        dialled = self.rig.wire.dialled
        return [one for one in dialled if one.transport.get_extra_info("peername")[1] == port]

    def at(self, port: int) -> list[tuple[Any, bytes]]:
        """What waits to be answered on a side: peer and request."""
        said = [(peer, peer.read()) for peer in self.peers(port)]
        return [(peer, data) for peer, data in said if data]

    def answer(self, port: int, data: bytes) -> bytes:
        """Answer the one request that waits on a side; returns it."""
        ((peer, request),) = self.at(port)
        peer.send(data)
        return bytes(request)


LEGACY, NEW = 1000, 2000
