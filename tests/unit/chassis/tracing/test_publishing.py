"""What was recorded goes to the bus in batches; while that is away it waits, within a bound."""

from typing import Any

import orjson
import pytest
from prometheus_client import CollectorRegistry

from chassis.tracing.context import MOST_KEPT, Recorded
from chassis.tracing.publishing import MOST_AT_ONCE, SpanPublisher


class FakeBus:
    def __init__(self) -> None:
        self.is_connected = True
        self.sent: list[tuple[str, Any]] = []
        self.broken = False

    async def publish(self, subject: str, data: bytes) -> None:
        if self.broken:
            raise OSError("gone")
        self.sent.append((subject, orjson.loads(data)))


@pytest.fixture
def parts() -> Any:
    bus, source, metrics = FakeBus(), Recorded(), CollectorRegistry()
    return bus, source, metrics, SpanPublisher(bus, "orders", "i1", metrics, source)  # type: ignore[arg-type]


def number(metrics: CollectorRegistry, outcome: str) -> float:
    return metrics.get_sample_value("spans_total", {"outcome": outcome}) or 0.0


def fill(source: Recorded, count: int) -> None:
    for index in range(count):
        source.add({"span": str(index)})  # type: ignore[typeddict-item]


async def test_batches_name_their_service_and_are_bounded(parts: Any) -> None:
    bus, source, metrics, publisher = parts
    await publisher.publish()
    assert bus.sent == []
    fill(source, MOST_AT_ONCE + 1)
    await publisher.publish()
    assert [(subject, len(batch["spans"])) for subject, batch in bus.sent] == [
        ("telemetry.spans.orders", MOST_AT_ONCE),
        ("telemetry.spans.orders", 1),
    ]
    assert (bus.sent[0][1]["service"], bus.sent[0][1]["instance"]) == ("orders", "i1")
    assert number(metrics, "published") == MOST_AT_ONCE + 1


async def test_without_a_bus_they_wait_and_what_finds_no_room_is_counted(parts: Any) -> None:
    bus, source, metrics, publisher = parts
    bus.is_connected = False
    fill(source, MOST_KEPT + 2)
    await publisher.publish()
    assert bus.sent == []
    bus.is_connected = True
    await publisher.publish()
    assert [batch["dropped"] for _, batch in bus.sent][:2] == [2, 0]
    assert number(metrics, "dropped") == 2


async def test_a_batch_that_cannot_be_sent_is_lost_and_counted(parts: Any) -> None:
    bus, source, metrics, publisher = parts
    bus.broken = True
    fill(source, 3)
    await publisher.publish()
    assert number(metrics, "dropped") == 3
