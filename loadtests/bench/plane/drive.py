"""One worker of the facade in this process, driven without sockets.

`plane` starts it as a script, with the checkout to measure first on the path. It therefore imports
nothing of this package, and finds the facade's modules under their names of today or of before.

    stdin    "COUNT CASE", or "way CASE"
    stdout   a line of JSON for each: CPU microseconds per request, or its way (see `Drive.way`)
"""

import asyncio
import gc
import importlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, Final, NamedTuple

ROUTES: Final = b"""
facade:
  session_cookie: session
  identity: {ask: /api/me, keep: 1h}
upstreams:
  legacy: {url: "http://legacy.test:1000"}
  fresh:  {url: "http://new.test:2000"}
routes:
  - {name: plain, match: "GET /plain/{id}", new: fresh, stage: canary, percent: 50%,
     key: ["header:X-Device-Id"]}
  - {name: product, match: "GET /api/products/{id}", new: fresh, stage: canary, percent: 50%,
     key: [session]}
  - {name: place, match: "POST /api/orders", new: fresh, stage: new, needs: [session]}
  - {name: note, match: "POST /api/notes", new: fresh, stage: new}
  - {name: alone, match: "GET /alone/{id}", new: fresh, stage: legacy}
  - {name: copied, match: "GET /copied/{id}", new: fresh, stage: shadow, compare: {sample: 100%}}
"""
# What a checkout of before does not know: it is measured without.
LIMITED: Final = b"""
  - {name: limited, match: "GET /limited/{id}", new: fresh, stage: canary, percent: 50%,
     key: ["header:X-Device-Id"], limits: many}
limits:
  many: {rate: 1000000/s, key: [client], mode: enforce}
"""
BROWSER: Final = (
    b"Host: shop.test\r\n"
    b"User-Agent: Mozilla/5.0 (X11; Linux x86_64) Chrome/126.0.0.0 Safari/537.36\r\n"
    b"Accept: application/json, text/html;q=0.9\r\nAccept-Language: en-GB,en;q=0.5\r\n"
    b"Accept-Encoding: gzip, deflate, br\r\nReferer: http://shop.test/\r\n"
)
COOKIE: Final = b"Cookie: session=4d6f6e6f6c6974682d73657373696f6e; theme=dark\r\n"
BODY: Final = (
    b'{"lines": [{"product": "P-1", "quantity": 2}], "note": "leave it at the door please"}'
)
SHORT: Final = b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)


class Case(NamedTuple):
    """A request of a client, and the answer that every side gives."""

    request: bytes
    answer: bytes


def _answer(status: bytes, size: int) -> bytes:
    return (
        b"HTTP/1.1 %b\r\nDate: Tue, 01 Oct 2024 10:00:00 GMT\r\nServer: test\r\n"
        b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
        % (status, size, b"x" * size)
    )


CASES: Final = {
    "read": Case(
        b"GET /plain/17 HTTP/1.1\r\nHost: shop.test\r\nX-Device-Id: a-17\r\n\r\n",
        _answer(b"200 OK", 200),
    ),
    "limited read": Case(
        b"GET /limited/17 HTTP/1.1\r\nHost: shop.test\r\nX-Device-Id: a-17\r\n\r\n",
        _answer(b"200 OK", 200),
    ),
    "write": Case(
        b"POST /api/notes HTTP/1.1\r\nHost: shop.test\r\n" + SHORT, _answer(b"201 Created", 200)
    ),
    "customer's read": Case(
        b"GET /api/products/P-1 HTTP/1.1\r\n" + BROWSER + COOKIE + b"\r\n", _answer(b"200 OK", 800)
    ),
    "the same, not copied": Case(
        b"GET /alone/17 HTTP/1.1\r\n" + BROWSER + b"\r\n", _answer(b"200 OK", 800)
    ),
    "copied read": Case(
        b"GET /copied/17 HTTP/1.1\r\n" + BROWSER + b"\r\n", _answer(b"200 OK", 800)
    ),
    "customer's write": Case(
        b"POST /api/orders HTTP/1.1\r\n" + BROWSER + COOKIE + SHORT, _answer(b"201 Created", 200)
    ),
}
WHOSE: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 43\r\n\r\n"
    b'{"email":"ada@example.org","name":"Ada  L"}'
)


class Transport(asyncio.Transport):
    """Keeps what is written; never full, never paused."""

    def __init__(self, port: int) -> None:
        super().__init__({"peername": ("192.0.2.7", port)})
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: Any) -> None:
        self.written.append(data)

    def writelines(self, pieces: Any) -> None:
        self.written.extend(pieces)

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """No mark is ever reached."""

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    abort = close


class Channel:
    """Takes the pairs of copied requests in place of the control process."""

    def has_room(self, _size: int) -> bool:
        return True

    def offer(self, _kind: int, _meta: Any, _blob: bytes = b"") -> bool:
        return True


class Drive:
    """A worker with one client and the connections that it has dialled."""

    def __init__(self, folder: Path) -> None:
        gateway = _module("facade.proxy.gateway", "facade.gateway")
        keyring = _module("facade.runtime.keyring", "facade.keyring")
        idle = _class("IdleQueue Aside", "facade.proxy.idle", "facade.aside")
        inbound = _class(
            "Inbound", "facade.proxy.downstream.inbound", "facade.proxy.inbound", "facade.inbound"
        )
        settings = getattr(gateway, "WorkerSettings", None) or gateway.Worker
        keys = keyring.in_folder(folder)
        keyring.ensure(keys)
        nothing = Path(os.devnull)
        self.limits = _is_there("facade.proxy.limits")
        common: tuple[Any, ...] = (0, (), nothing, nothing, "", {}, keys)
        worker = settings(*common, folder / "memory") if self.limits else settings(*common)
        self._soon: list[Callable[[], None]] = []
        self.upstreams: list[tuple[Any, Transport]] = []
        self.gateway = gateway.Gateway(worker, self._dial, idle(self._soon.append))
        self.gateway.shadow.channel = Channel()
        self.gateway.use(ROUTES + LIMITED if self.limits else ROUTES)
        self.out = Transport(40_000)
        self.client = inbound(getattr(self.gateway, "context", self.gateway))
        self.client.connection_made(self.out)

    def _dial(self, protocol: Any, *arguments: Any) -> None:
        """With address, seconds and `done`; in older commits host and port come first."""
        port = arguments[1] if isinstance(arguments[0], str) else arguments[0].port
        done = arguments[-1]
        transport = Transport(port)
        self.upstreams.append((protocol, transport))
        protocol.connection_made(transport)
        done(None)

    def once(self, case: Case) -> None:
        """One request, until the client has its answer and no work is left."""
        self.client.data_received(case.request)
        while self._answer(case) or self._soon:
            while self._soon:
                self._soon.pop()()

    def _answer(self, case: Case) -> bool:
        answered = False
        for protocol, transport in self.upstreams:
            if transport.written:
                asked = transport.written[0].startswith(b"GET /api/me ")
                transport.written.clear()
                protocol.data_received(WHOSE if asked else case.answer)
                answered = True
        return answered

    def checked(self, name: str) -> Case:
        """The case, after the client was seen to get its answer."""
        case = CASES[name]
        for _ in range(50):
            self.out.written.clear()
            self.once(case)
        said = b"".join(self.out.written)
        status = case.answer[: case.answer.index(b"\r\n") + 2]
        if not said.startswith(status) or not said.endswith(case.answer[-40:]):
            raise SystemExit(f"{name}: the client was answered {said!r}")
        return case

    def has(self, name: str) -> bool:
        """Whether this checkout knows what the case tries."""
        return self.limits or name != "limited read"

    def cost(self, name: str, count: int) -> float | None:
        """CPU microseconds per request; None: this checkout has no such requests."""
        if not self.has(name):
            return None
        case = self.checked(name)
        gc.collect()
        began = time.process_time()
        for _ in range(count):
            self.once(case)
            self.out.written.clear()
        return (time.process_time() - began) / count * 1e6

    def way(self, name: str) -> list[str]:
        """The files whose functions are called for one request, in order, change by change.

        A call counts that lies in another file than the call before it; a return does not, nor
        what the garbage collector calls between two of ours.
        """
        if not self.has(name):
            return []
        case = self.checked(name)
        root = str(Path(importlib.import_module("facade").__file__ or "").parents[1]) + "/"
        seen: list[str] = []

        def follow(frame: FrameType, event: str, _value: object) -> None:
            file = frame.f_code.co_filename
            ours = file.startswith(root) and file != __file__
            if ours and event == "call" and seen[-1:] != [file]:
                seen.append(file)

        gc.collect()
        gc.disable()
        sys.setprofile(follow)
        self.once(case)
        sys.setprofile(None)
        gc.enable()
        return [file.removeprefix(root) for file in seen]


def _is_there(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        return False
    return True


def _module(*names: str) -> Any:
    """The first of these modules that there is."""
    for name in names:
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError:
            continue
    raise SystemExit(f"none of the modules {', '.join(names)} can be imported")


def _class(names: str, *modules: str) -> Any:
    """The first of these names, separated by spaces, in the first of the modules that there is."""
    module = _module(*modules)
    for name in names.split():
        if hasattr(module, name):
            return getattr(module, name)
    raise SystemExit(f"{module.__name__} has none of {names}")


def main() -> None:
    """Answer the lines of stdin until it ends."""
    with tempfile.TemporaryDirectory() as folder:
        drive = Drive(Path(folder))
        for name in filter(drive.has, CASES):
            drive.checked(name)
        gc.collect()
        gc.freeze()
        for line in sys.stdin:
            word, _, rest = line.strip().partition(" ")
            if word == "way":
                found: object = drive.way(rest)
            else:
                found = drive.cost(rest, int(word))
            sys.stdout.write(json.dumps(found) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
