"""Requests that failed: each has a line within a rate, and is found by its id."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from chassis.process.telemetry import JsonLines
from facade.control.reporting.failures import KEPT, LINES_AT_ONCE, Failures


def failed(number: int, **more: Any) -> dict[str, Any]:
    return {
        "at": 1.0,
        "request_id": f"{number:032x}",
        "status": 502,
        "method": "GET",
        "target": "/cart?q=…",
        "route": "cart",
        "side": "legacy",
        "upstream": "legacy",
        "phase": "connect",
        "why": "refused the connection.",
    } | more


def report(*requests: dict[str, Any], more: int = 0) -> dict[str, Any]:
    return {"requests": [*requests], "more": more}


def test_a_line_names_the_request(said: Callable[[], list[str]]) -> None:
    Failures().take(report(failed(10)), 1.0)
    assert said() == [
        f"502 for GET /cart?q=… (cart): legacy refused the connection. Request {10:032x}"
    ]


def test_a_json_line_has_its_fields(caplog: pytest.LogCaptureFixture) -> None:
    Failures().take(report(failed(10)), 1.0)
    line = json.loads(JsonLines("control").format(caplog.records[0]))
    assert (line["event"], line["request_id"]) == ("request-failed", f"{10:032x}")
    assert (line["status"], line["phase"], line["route"]) == (502, "connect", "cart")


def test_of_a_storm_a_few_are_said_and_the_others_counted(said: Callable[[], list[str]]) -> None:
    failures = Failures()
    failures.take(report(*map(failed, range(100)), more=900), 1.0)
    assert len(said()) == LINES_AT_ONCE
    failures.take(report(failed(100)), 2.0)
    (line,) = said()
    assert line.endswith(
        f"Request {100:032x} ({1000 - int(LINES_AT_ONCE)} more failed since the last line)"
    )
    failures.take(report(failed(101)), 3.0)
    assert "more failed" not in said()[0]


def test_each_is_found_by_its_id_also_one_without_a_line() -> None:
    failures = Failures()
    failures.take(report(*map(failed, range(100))), 1.0)
    assert [one.request_id for one in failures.find(f"{77:032x}")] == [f"{77:032x}"]
    assert failures.find("unknown") == []
    assert [int(one.request_id, 16) for one in failures.find(most=2)] == [99, 98]
    for _ in range(KEPT // 100 + 1):
        failures.take(report(*map(failed, range(100, 200))), 1.0)
    assert len(failures.find()) == KEPT
    assert failures.find(f"{77:032x}") == []


@pytest.mark.parametrize(
    "meta", [{}, {"requests": [{}], "more": 0}, {"requests": 5, "more": 0}, report(more="x")]
)
def test_nonsense_is_refused(meta: dict[str, Any]) -> None:
    with pytest.raises((ValueError, LookupError, TypeError)):
        Failures().take(meta, 1.0)
