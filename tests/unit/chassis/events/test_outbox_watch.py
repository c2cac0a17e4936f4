"""What is reported of the events that wait."""

from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from chassis.events import outbox_watch
from chassis.events.outbox_watch import OutboxWatch
from tests.rigs.shop.database import AWAY, Database


def test_one_warning_each_time_they_wait_too_long(caplog: pytest.LogCaptureFixture):
    metrics = CollectorRegistry()
    watch = OutboxWatch("postgresql://nowhere", metrics, every=0.5, warn_after=10.0)
    for pending, age in ((3, 9.0), (4, 11.0), (5, 12.0), (0, 10.0), (1, 10.5)):
        watch.saw(pending, age)
    assert [line.message for line in caplog.records] == [
        "the oldest of 4 pending events waits for 11 s",
        "the oldest of 1 pending events waits for 10 s",
    ]
    assert metrics.get_sample_value("outbox_pending") == 1.0
    assert metrics.get_sample_value("outbox_oldest_pending_seconds") == 10.5


def test_one_that_is_late_at_the_first_look_is_logged(caplog: pytest.LogCaptureFixture):
    watch = OutboxWatch("postgresql://nowhere", CollectorRegistry(), every=0.5, warn_after=10.0)
    watch.saw(3, 11.0)
    assert len(caplog.records) == 1


class Over(BaseException):
    """The test has seen enough of what runs for ever."""


class Connection(Database):
    """Answers each measurement with what is next; then fails as told."""

    def __init__(self, *rows: tuple[int, float], then: BaseException) -> None:
        super().__init__()
        self.next, self.then, self.ended = list(rows), then, 0

    async def fetchrow(self, statement: str, *values: Any) -> Any:
        if not self.next:
            raise self.then
        return self.next.pop(0)

    def terminate(self) -> None:
        self.ended += 1


@pytest.mark.parametrize("error", [AWAY, RuntimeError("a bug")])
async def test_it_measures_often_and_again_after_a_pause(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    connections = [Connection((3, 1.0), (4, 2.0), then=error), Connection((5, 3.0), then=Over())]
    waiting, given, slept, resets = list(connections), list[Any](), list[float](), list[bool]()

    async def connect(url: str, **options: Any) -> Connection:
        given.append((url, options))
        return waiting.pop(0)

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    pauses = SimpleNamespace(next=lambda: 9.0, reset=lambda: resets.append(True))
    monkeypatch.setattr(outbox_watch, "Backoff", lambda: pauses)
    monkeypatch.setattr(outbox_watch, "asyncio", SimpleNamespace(sleep=sleep))
    monkeypatch.setattr(outbox_watch.asyncpg, "connect", connect)
    metrics = CollectorRegistry()
    watch = OutboxWatch("postgresql://somewhere", metrics, every=0.5, warn_after=10.0)
    with pytest.raises(Over):
        await watch.run()
    assert slept == [0.5, 0.5, 9.0, 0.5]
    assert len(resets) == 3
    assert metrics.get_sample_value("outbox_pending") == 5.0
    assert [each.ended for each in connections] == [1, 1]
    url, options = given[0]
    assert url == "postgresql://somewhere"
    assert options["server_settings"] == {"application_name": "outbox watch"}
    assert (options["timeout"], options["command_timeout"]) == (3, 10)  # seconds: it never hangs
