"""Spans nest, are recorded where the trace is sampled, and name themselves to others."""

import pytest

from chassis.tracing.context import MOST_KEPT, Recorded, current, failed, note, read, within

SENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.mark.parametrize(
    "text",
    ["", SENT[:-1], SENT.upper(), SENT.replace("4bf92f3577b34da6a3ce929d0e0e4736", "0" * 32)],
)
def test_what_is_no_traceparent_names_nothing(text: str) -> None:
    assert read(text) is None


def test_a_span_inside_another_is_its_child(taken) -> None:
    with within("outer", "server", {}, read(SENT)) as outer:
        note(fig_order_no="R-1")
        with within("inner", "client", {"a": 1}, current()) as inner:
            assert current() is inner
        assert current() is outer
    assert current() is None
    first, second = taken()
    assert (first["name"], first["parent"]) == ("inner", second["span"])
    assert second["parent"] == "00f067aa0ba902b7"
    assert {first["trace"], second["trace"]} == {SENT[3:35]}
    assert second["attributes"] == {"fig.order_no": "R-1"}
    assert second["start"] <= first["start"] and first["end"] <= second["end"] + 1e-3
    assert inner is not None and inner.traceparent == f"00-{SENT[3:35]}-{first['span']}-01"


def test_what_is_not_sampled_is_named_and_not_recorded(taken) -> None:
    with within("outer", "server", {}, read(SENT[:-1] + "0")) as opened:
        note(fig_order_no="R-1")
        failed("nothing")
        assert opened is not None and opened.traceparent == SENT[:-1] + "0"
    assert taken() == []


def test_without_a_trace_there_is_no_span(taken) -> None:
    with within("outer", "server", {}, None) as opened:
        assert opened is None and current() is None
    assert taken() == []


def test_an_exception_that_leaves_a_span_is_its_error(taken) -> None:
    with pytest.raises(ValueError, match="no"), within("x", "internal", {}, read(SENT)):
        raise ValueError("no")
    assert taken()[0]["error"] == "ValueError"


def test_what_finds_no_room_is_counted() -> None:
    kept = Recorded()
    for _ in range(MOST_KEPT + 3):
        kept.add({})  # type: ignore[typeddict-item]
    assert (len(kept.take(MOST_KEPT * 2)), kept.dropped) == (MOST_KEPT, 3)
