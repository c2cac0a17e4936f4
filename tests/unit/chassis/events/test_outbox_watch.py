"""What is told of the events that wait."""

import pytest
from prometheus_client import CollectorRegistry

from chassis.events.outbox_watch import OutboxWatch


def test_one_warning_each_time_they_wait_too_long(caplog: pytest.LogCaptureFixture):
    metrics = CollectorRegistry()
    watch = OutboxWatch("postgresql://nowhere", metrics, every=0.5, warn_after=10.0)
    for pending, age in ((3, 9.0), (4, 11.0), (5, 12.0), (0, 0.0), (1, 10.5)):
        watch.saw(pending, age)
    assert [line.message for line in caplog.records] == [
        "the oldest of 4 pending events waits for 11 s",
        "the oldest of 1 pending events waits for 10 s",
    ]
    assert metrics.get_sample_value("outbox_pending") == 1.0
    assert metrics.get_sample_value("outbox_oldest_pending_seconds") == 10.5
