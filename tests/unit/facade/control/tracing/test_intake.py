"""Spans of workers and services meet: kept, found, exported; what is too much is counted."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from facade.control.tracing import intake
from facade.control.tracing.intake import Traces
from facade.control.tracing.store import ReportedSpan, TraceStore
from tests.unit.facade.control.tracing.test_workers import TRACE, path_of, report, row


def batch(count: int, dropped: int = 0) -> Any:
    span = {
        "trace": TRACE, "span": "2" * 16, "parent": "1" * 16, "name": "x", "kind": "server",
        "start": 5.0e9, "end": 5.0e9, "error": "", "attributes": {},
    }  # fmt: skip
    return {"service": "orders", "instance": "i1", "spans": [span] * count, "dropped": dropped}


async def test_what_workers_and_services_say_is_one_trace(tmp_path: Path) -> None:
    exported: list[ReportedSpan] = []
    traces = Traces(TraceStore(tmp_path / "t", kept=1e12), path_of, exported.extend)
    traces.workers(report(row()))
    traces.batch(batch(1, dropped=4))
    found = await traces.find(TRACE)
    assert [one.service for one in found] == ["facade", "facade", "facade", "orders"]
    assert exported == found
    assert (traces.kept, traces.dropped) == (4, 4)


async def test_what_waits_is_bounded(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(intake, "MOST_WAITING", 3)
    traces = Traces(TraceStore(tmp_path / "t", kept=1e12), path_of)
    traces.batch(batch(5))
    assert (len(await traces.find(TRACE)), traces.dropped) == (3, 2)


async def test_a_store_that_fails_costs_spans_and_nothing_else(tmp_path: Path) -> None:
    class Broken(TraceStore):
        def write(self, spans: Sequence[ReportedSpan], now: float) -> None:
            raise sqlite3.OperationalError("disk full")

    traces = Traces(Broken(tmp_path / "t"), path_of)
    traces.batch(batch(2))
    assert await traces.find(TRACE) == []
    assert (traces.kept, traces.dropped) == (0, 2)
