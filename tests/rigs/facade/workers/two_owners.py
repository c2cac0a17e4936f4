"""Two domains that change hands behind one worker, as a client sees them: who has which write.

Both feeds stand still until a test lets them go on. A side answers a read with the numbers of the
writes that it has; the new side declines while its read model is behind what it is asked for.
"""

import re
from dataclasses import dataclass, field
from typing import Any

LEGACY, NEW = 1000, 2000
DOMAINS = ("goods", "orders")
_ROUTES = """
facade: {read_your_writes: header}
upstreams:
  legacy: {url: "http://legacy.test:1000"}
  fresh:  {url: "http://new.test:2000", breaker: {minimum_calls: 1000}}
domains: {goods: {owner: %(goods)s}, orders: {owner: %(orders)s}}
routes:
  - {name: save, match: POST /goods, new: fresh, domain: goods, stage: new}
  - {name: shelf, match: GET /goods, new: fresh, domain: goods, stage: %(shelf)s}
  - {name: order, match: POST /orders, new: fresh, domain: orders, stage: new}
  - {name: list, match: GET /orders, new: fresh, domain: orders, stage: %(list)s}
"""
_DECLINED = "HTTP/1.1 503 Service Unavailable\r\nFig-Declined: behind\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Answer:
    """`seen`: the numbers in it; None: an error. `past`: the new side stated its age."""

    side: str
    seen: frozenset[int] | None
    past: bool = False


@dataclass
class TwoOwners:
    """`make` makes a worker of the text of a route file. `stages`: of the reading routes."""

    make: Any
    stages: dict[str, str] = field(default_factory=lambda: {"shelf": "new", "list": "new"})
    owner: dict[str, str] = field(default_factory=lambda: dict.fromkeys(DOMAINS, "legacy"))
    in_file: dict[str, str] = field(default_factory=lambda: dict.fromkeys(DOMAINS, "legacy"))
    legacy: set[int] = field(default_factory=set)  # the writes that legacy has
    new: set[int] = field(default_factory=set)
    mine: list[tuple[int, str]] = field(default_factory=list)  # the client's writes, with domains
    states: bool = True  # answers to writes say whose the domain is
    behind: bool = False  # the new side declines whatever asks for a time
    _mark: str = ""

    def __post_init__(self) -> None:
        self.rig = self.make(self._file())
        self.client = self.rig.client()

    def _file(self) -> str:
        return _ROUTES % (self.in_file | self.stages)

    def says(self, domain: str, owner: str) -> None:
        """What the route file says from now on."""
        self.in_file[domain] = owner
        self.rig.use(self._file())

    def switch(self, domain: str) -> None:
        """The record: the other side is the owner. First the one who takes over has everything."""
        if self.owner[domain] == "legacy":
            self.feed()
        else:
            self.reverse(domain)
        self.owner[domain] = "new" if self.owner[domain] == "legacy" else "legacy"

    def feed(self) -> None:
        """The new side hears of all that legacy has."""
        self.new |= self.legacy
        self.behind = False

    def reverse(self, domain: str) -> None:
        """Legacy is given what the new side has of this domain."""
        self.legacy |= {number for number, of in self.mine if of == domain} & self.new

    def write(self, domain: str) -> int:
        """By this client; answered once the owner has it."""
        number = len(self.mine) + 1
        (self.legacy if self.owner[domain] == "legacy" else self.new).add(number)
        self.mine.append((number, domain))
        self.behind |= self.owner[domain] == "legacy"
        answer = self._ask("POST", domain)
        assert answer.seen is not None, "a write failed"
        return number

    def read(self, domain: str) -> Answer:
        """By this client."""
        return self._ask("GET", domain)

    def _ask(self, method: str, domain: str) -> Answer:
        self.client.read()
        mark = f"Fig-After-Token: {self._mark}\r\n" if self._mark else ""
        length = "Content-Length: 0\r\n" if method == "POST" else ""
        self.client.send(f"{method} /{domain} HTTP/1.1\r\nHost: a\r\n{mark}{length}\r\n".encode())
        side, past, asked = "none", False, True
        while asked:  # a side that declines leads to another one
            asked = False
            for peer in tuple(self.rig.wire.dialled):
                if head := peer.read():
                    asked, side = True, self._side(peer)
                    past = b"Fig-Alone: 1" in head
                    peer.send(self._answer(side, head, past).encode())
        answer = self.client.read().decode()
        if found := re.search(r"Fig-After-Token: (\S+)", answer):
            self._mark = found[1]
        if not answer.startswith("HTTP/1.1 200"):
            return Answer(side, None)
        body = answer.rpartition("\r\n\r\n")[2]
        return Answer(side, frozenset(map(int, body.split())), past)

    def _side(self, peer: Any) -> str:
        port = peer.transport.get_extra_info("peername")[1]
        return "legacy" if port == LEGACY else "new"

    def _answer(self, side: str, head: bytes, past: bool) -> str:
        reads = head.startswith(b"GET")
        if side == "new" and reads and self.behind and b"Fig-After:" in head and not past:
            return _DECLINED
        stated = "" if reads or not self.states else self._stated(head)
        body = " ".join(map(str, sorted(self.legacy if side == "legacy" else self.new)))
        return f"HTTP/1.1 200 OK\r\n{stated}Content-Length: {len(body)}\r\n\r\n{body}"

    def _stated(self, head: bytes) -> str:
        domain = head.split(b" ")[1].decode().removeprefix("/")
        return f"Fig-Owner: {domain}={self.owner[domain]}\r\n"
