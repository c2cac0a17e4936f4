"""A worker with limits, whose clock stands still."""

from pathlib import Path
from typing import Any

from tests.rigs.facade.workers.introducing import LEGACY, NEW, Shop, get, ok, status

ROUTES = """
facade: {{session_cookie: sid, limits: {{repeat: 1KiB}}}}
upstreams:
  legacy: {{url: "http://legacy.test:1000", breaker: {{minimum_calls: 1, failure_ratio: 1%}}}}
  fresh:  {{url: "http://new.test:2000", breaker: {{minimum_calls: 1, failure_ratio: 1%}}}}
limits:
  few: {{rate: {rate}, burst: 3, key: {key}, mode: {mode}}}
routes:
  - name: goods
    match: GET /goods/{{id}}
    new: fresh
    stage: {stage}
    limits: few
    compare: {{sample: {sample}}}
  - {{name: note, match: POST /note, new: fresh, stage: {stage}, limits: [few]}}
  - {{name: login, match: POST /login, stage: legacy, limits: few,
     attempts: {{account: form:email, per_account: 1}}}}
  - {{name: socket, match: GET /socket, stage: legacy, limits: few}}
  - {{name: free, match: GET /free, stage: legacy}}
"""
SECOND = 1_000_000_000


def text(**how: str) -> str:
    usual = {
        "rate": "10/m",
        "key": "[client]",
        "mode": "enforce",
        "stage": "legacy",
        "sample": "0%",
    }
    return ROUTES.format(**{**usual, **how})


def two(**how: str) -> str:
    """The file with a second limit on the first route."""
    both = text(**how).replace("    limits: few\n", "    limits: [few, all]\n", 1)
    every = "  all: {rate: 1/h, burst: 4, key: [client], mode: enforce}\n"
    return both.replace("limits:\n  few", f"limits:\n{every}  few", 1)


class Limited(Shop):
    """A shop whose clock of limits stands still."""

    def __init__(self, make_rig: Any, folder: Path) -> None:
        self.make_rig, self.folder = make_rig, folder
        self.now = 5_000 * SECOND
        super().__init__(self.another(), None)  # type: ignore[arg-type]

    def another(self, **how: str) -> Any:
        """Another worker of the same host."""
        rig = self.make_rig(text(**how), None, self.folder / "memory")
        rig.gateway.context.limits.clock = lambda: self.now
        return rig

    def use(self, **how: str) -> None:
        self.rig.use(text(**how))

    def ask(
        self, request: bytes, answer: bytes = ok(), address: str = "192.0.2.7", rig: Any = None
    ) -> bytes:
        """The answer to one request; nobody is asked where it is refused."""
        before, self.rig = self.rig, rig or self.rig
        client = self.rig.client(address)
        client.send(request)
        for port in (LEGACY, NEW):
            for peer, _ in self.at(port):
                peer.send(answer)
        self.rig = before
        return bytes(client.read())

    def statuses(self, requests: int, request: bytes, **how: Any) -> list[int]:
        return [status(self.ask(request, **how)) for _ in range(requests)]

    def counted(self, route: str = "goods") -> dict[str, int]:
        found = self.rig.counts(route)["limits"].get("few", {})
        return {name: number for name, number in found.items() if number}


def goods(
    *lines: str, cookie: str | None = None, method: str = "GET", path: str = "/goods/7"
) -> bytes:
    return get(path, *lines, cookie=cookie).replace(b"GET", method.encode(), 1)


def post(path: str, body: bytes, *lines: str) -> bytes:
    head = [f"POST {path} HTTP/1.1", "Host: a", f"Content-Length: {len(body)}", *lines]
    return ("\r\n".join(head) + "\r\n\r\n").encode() + body
