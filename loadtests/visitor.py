"""One person on one visit: a device, cookies, and a check for every answer."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar
from urllib.parse import urlencode

import orjson

from loadtests.answer import Answer, Wrong
from loadtests.ledger import Ledger
from loadtests.shop import Shop

T = TypeVar("T")
PASSWORD = "wander-2016"  # the one every seeded customer has
CUSTOMERS = 500
DECISION = "fig-decision"  # the header that says which side answered


class VisitEnds(Exception):
    """Something went wrong and was counted; the person leaves, as people do."""


@dataclass(frozen=True)
class Ask:
    """A request before it is sent. `name` groups requests of one kind in the figures."""

    method: str
    path: str
    name: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    known: bool = False  # the new side has answered this very customer before


class Transport(Protocol):
    """What carries a request to the shop and counts it: Locust in a run, a dict in tests."""

    def exchange(self, ask: Ask, judge: Callable[[Answer], None]) -> None:
        """Send, hand the answer to `judge`, count a failure with its text when it raises Wrong."""


class Visitor:
    """What the journeys drive. `pause` waits as long as a person thinks; `dice` decides.

    `ledger` takes what is said about orders; `clock` gives seconds.
    """

    def __init__(
        self,
        transport: Transport,
        shop: Shop,
        dice: random.Random,
        pause: Callable[[], None],
        ledger: Ledger | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.transport = transport
        self.shop = shop
        self.dice = dice
        self.pause = pause
        self.ledger = ledger or Ledger()
        self.clock = clock
        self.device = f"{dice.getrandbits(64):016x}"
        self.email = f"kunde{dice.randint(1, CUSTOMERS):03d}@example.org"
        self.password = PASSWORD
        self.known = False

    def get(self, path: str, name: str, check: Callable[[Answer], T]) -> T:
        return self._ask(Ask("GET", path, name, headers=self._headers()), check)

    def post_json(self, path: str, name: str, body: object, check: Callable[[Answer], T]) -> T:
        headers = self._headers() | {"Content-Type": "application/json"}
        return self._ask(Ask("POST", path, name, orjson.dumps(body), headers), check)

    def post_form(
        self, path: str, name: str, fields: Mapping[str, str], check: Callable[[Answer], T]
    ) -> T:
        """Send a form of a page; redirects are followed, the check sees where they lead."""
        headers = self._headers() | {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask(Ask("POST", path, name, urlencode(fields).encode(), headers), check)

    def _headers(self) -> dict[str, str]:
        # The app's own mark of the device: people who are not logged in keep their side with it.
        return {"X-Device-Id": self.device}

    def _ask(self, ask: Ask, check: Callable[[Answer], T]) -> T:
        learned: list[T] = []

        def judge(answer: Answer) -> None:
            try:
                learned.append(check(answer))
                self.known |= _asked_who(ask) and "side=new" in answer.headers.get(DECISION, "")
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise Wrong(f"unexpected shape: {error!r}: {answer.text[:80]}") from error

        self.transport.exchange(replace(ask, known=self.known), judge)
        if not learned:
            raise VisitEnds(ask.name)
        return learned[0]


def _asked_who(ask: Ask) -> bool:
    """Whether the new side answers this only when it knows who is asking."""
    return ask.path.startswith("/api/orders")
