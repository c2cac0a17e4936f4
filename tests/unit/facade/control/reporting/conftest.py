"""Workers that report on their upstreams and routes."""

from collections.abc import Callable
from typing import Any

import pytest

from facade.control.intake.fleet import Fleet, Worker

CLOSED = {"state": "closed", "for": None, "next_probe_in": None, "why": "", "cause": None}
OPEN = CLOSED | {"state": "open", "for": 1.0, "why": "12 of 20 calls failed, 0 were slow"}


class Workers:
    """A fleet; `report` gives what one worker sees."""

    def __init__(self) -> None:
        self.fleet = Fleet()
        self._seen: dict[int, Worker] = {}

    def report(self, number: int, **counters: Any) -> None:
        if number not in self._seen:
            meta = {"worker": number, "pid": number + 10, "started": 1.0}
            self._seen[number] = self.fleet.hello(meta, 1.0)
        self.fleet.take(self._seen[number], counters, 1.0)

    def upstream(
        self, number: int, breaker: str = "closed", name: str = "legacy", **urls: bool
    ) -> None:
        instances = {f"http://{host}.test:1": well for host, well in urls.items()}
        facts = {"read": {**CLOSED} if breaker == "closed" else OPEN | {"state": breaker}}
        self.report(number, upstreams={name: {"instances": instances, "breaker": facts}})

    def fell_back(self, number: int, fallbacks: int, **counts: Any) -> None:
        self.report(number, routes={"product": {"fallbacks": fallbacks, **counts}})


@pytest.fixture
def workers() -> Workers:
    return Workers()


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """What was logged since it was asked the last time."""
    caplog.set_level("INFO")

    def take() -> list[str]:
        words = [record.getMessage() for record in caplog.records]
        caplog.clear()
        return words

    return take
