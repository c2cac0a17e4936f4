"""Spans are found by trace, order and saga; their number and age are bounded."""

from pathlib import Path

import pytest

from chassis.tracing.span import Span, Value
from facade.control.tracing.store import ReportedSpan, TraceStore

DAY = 24 * 3600.0


def reported(trace: str, start: float = 100.0, **attributes: Value) -> ReportedSpan:
    named = {name.replace("_", ".", 1): value for name, value in attributes.items()}
    span = Span(
        trace=trace, span="1" * 16, parent="", name="x", kind="server", start=start,
        end=start + 1.0, error="", attributes=named,
    )  # fmt: skip
    return ReportedSpan("orders", "i1", span)


@pytest.fixture
def store(tmp_path: Path) -> TraceStore:
    return TraceStore(tmp_path / "traces.sqlite", most=5, kept=DAY)


def test_a_trace_by_its_id_in_the_order_of_its_beginnings(store: TraceStore) -> None:
    store.write([reported("a", 103.0), reported("b", 101.0), reported("a", 102.0)], 104.0)
    assert [one.span["start"] for one in store.find("a")] == [102.0, 103.0]
    assert store.find("c") == []


def test_an_order_and_a_saga_lead_to_the_whole_trace(store: TraceStore) -> None:
    store.write(
        [reported("a"), reported("a", fig_order_no="R-1", fig_saga_id="s-1"), reported("b")], 104.0
    )
    assert len(store.find("R-1")) == len(store.find("s-1")) == 2
    assert store.find("R-1")[0].service == "orders"


def test_the_oldest_go_where_there_are_too_many(store: TraceStore) -> None:
    store.write([reported("old", fig_order_no="R-1")], 104.0)
    store.write([reported("new", 200.0) for _ in range(5)], 204.0)
    assert store.find("old") == [] and len(store.find("new")) == 5
    assert store.find("R-1") == []


def test_what_is_too_old_goes(store: TraceStore) -> None:
    store.write([reported("old")], 104.0)
    store.write([reported("new", 2 * DAY)], 2 * DAY + 1.0)
    assert store.find("old") == [] and len(store.find("new")) == 1


def test_what_was_kept_survives_a_restart_and_a_broken_file_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "traces.sqlite"
    TraceStore(path).write([reported("a")], 104.0)
    assert len(TraceStore(path).find("a")) == 1
    path.write_bytes(b"no database at all, and longer than its header" * 50)
    assert TraceStore(path).find("a") == []
    assert len(list(tmp_path.glob("traces.sqlite.broken-*"))) == 1
