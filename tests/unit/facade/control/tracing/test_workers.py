"""A worker's rows as spans, in the words of OpenTelemetry's conventions."""

from typing import Any

import pytest

from facade.control.tracing.workers import spans_of

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def attempt(span: int, side: str, status: int, failed: str) -> dict[str, Any]:
    return {
        "span": span, "start": 1.0, "end": 1.5, "side": side, "upstream": f"{side}-upstream",
        "status": status, "failed": failed,
    }  # fmt: skip


def row(**changed: Any) -> dict[str, Any]:
    return {
        "trace": TRACE, "span": 16, "parent": "00f067aa0ba902b7", "start": 1.0, "end": 2.0,
        "method": "GET", "path": "/article/P-1", "client": "192.0.2.7", "status": 200, "failed": "",
        "route": "article", "stage": "canary", "side": "new", "answered_by": "legacy",
        "reason": "percent", "bucket": 17, "table": "abc", "retried": False,
        "attempts": [attempt(17, "new", 0, "declined"), attempt(18, "legacy", 200, "")],
    } | changed  # fmt: skip


def report(*rows: dict[str, Any], copies: Any = ()) -> dict[str, Any]:
    return {"requests": list(rows), "copies": list(copies), "more": 0}


def path_of(route: str) -> str | None:
    return {"article": "/article/{sku}"}.get(route)


def test_a_request_with_its_decision_and_its_attempts() -> None:
    request, declined, answered = spans_of(report(row()), path_of)
    assert (request["name"], request["kind"]) == ("GET /article/{sku}", "server")
    assert (request["span"], request["parent"]) == ("0000000000000010", "00f067aa0ba902b7")
    attributes = request["attributes"]
    assert {name: attributes[name] for name in attributes if "feature_flag" in name} == {
        "feature_flag.key": "article",
        "feature_flag.result.variant": "new",
        "feature_flag.result.reason": "split",
        "feature_flag.version": "abc",
        "feature_flag.provider.name": "strangler-fig",
    }
    assert attributes["http.route"] == "/article/{sku}"
    assert (attributes["http.response.status_code"], attributes["fig.bucket"]) == (200, 17)
    assert (declined["name"], declined["error"], declined["parent"]) == (
        "ask new",
        "declined",
        request["span"],
    )
    assert (answered["span"], answered["kind"], answered["error"]) == (
        "0000000000000012",
        "client",
        "",
    )


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"status": 404}, ""),
        ({"status": 500}, "500"),
        ({"status": 0}, "cancelled"),
        ({"status": 502, "failed": "connect"}, "connect"),
    ],
)
def test_what_is_an_error_of_a_server(changed: dict[str, Any], error: str) -> None:
    assert spans_of(report(row(**changed)), path_of)[0]["error"] == error


def test_a_path_that_no_route_names_has_the_method_for_a_name() -> None:
    request = spans_of(report(row(route="unmatched", bucket=-1)), path_of)[0]
    assert request["name"] == "GET"
    assert "http.route" not in request["attributes"] and "fig.bucket" not in request["attributes"]


def test_a_copy_stands_under_its_request() -> None:
    copied = {
        "trace": TRACE, "span": 31, "parent": 16, "start": 1.0, "end": 2.0, "method": "GET",
        "status": 404, "failed": "", "side": "new", "upstream": "catalog",
    }  # fmt: skip
    (span,) = spans_of(report(copies=[copied]), path_of)
    assert (span["name"], span["parent"], span["error"]) == ("copy to new", f"{16:016x}", "404")
    assert span["attributes"]["fig.copy"] is True


def test_what_is_no_report_is_refused() -> None:
    with pytest.raises(LookupError):
        spans_of(report({"trace": TRACE}), path_of)
