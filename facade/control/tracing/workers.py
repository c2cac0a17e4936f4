"""A worker's rows become spans: the request with its decision, its attempts, and its copy.

The names are OpenTelemetry's: `http.*`, `url.*`, `client.*`, and for the decision the attributes of
a flag's evaluation (`feature_flag.*`); what only we know begins with `fig.`.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from chassis.tracing.span import Span, Value

FACADE: Final = "facade"  # the service's name
PROVIDER: Final = "strangler-fig"
# Why a side was chosen, in the words of the conventions; what is not here is a default.
_REASONS: Final = {
    "stage": "static", "percent": "split", "no-key": "split", "tester": "targeting_match",
    "own-write": "targeting_match", "idempotency-key": "cached", "unavailable": "error",
}  # fmt: skip


def spans_of(meta: Mapping[str, Any], path_of: Callable[[str], str | None]) -> list[Span]:
    """The spans of a report (`SPANS`); `path_of` gives a route's path as the route file has it.

    Raises LookupError, TypeError, ValueError where it is none.
    """
    found: list[Span] = []
    for row in meta["requests"]:
        found.append(_request(row, path_of(row["route"])))
        found.extend(_attempt(row, attempt) for attempt in row["attempts"])
    found.extend(_copy(row) for row in meta["copies"])
    return found


def _request(row: Mapping[str, Any], path: str | None) -> Span:
    attributes: dict[str, Value] = {
        "http.request.method": row["method"],
        "url.path": row["path"],
        "client.address": row["client"],
        "feature_flag.key": row["route"],
        "feature_flag.result.variant": row["side"],
        "feature_flag.result.reason": _REASONS.get(row["reason"], "default"),
        "feature_flag.version": row["table"],
        "feature_flag.provider.name": PROVIDER,
        "fig.reason": row["reason"],
        "fig.stage": row["stage"],
        "fig.answered_by": row["answered_by"],
    }
    if row["bucket"] >= 0:
        attributes["fig.bucket"] = row["bucket"]
    if path is not None:
        attributes["http.route"] = path
    if row["status"]:
        attributes["http.response.status_code"] = row["status"]
    error = row["failed"] or ("" if row["status"] else "cancelled")
    if not error and row["status"] >= 500:
        error = str(row["status"])
    name = f"{row['method']} {path}" if path is not None else row["method"]
    return _span(row, row["span"], row["parent"], name, error, attributes, server=True)


def _attempt(row: Mapping[str, Any], attempt: Mapping[str, Any]) -> Span:
    attributes = _asked(row["method"], attempt)
    if row["retried"]:
        attributes["http.request.resend_count"] = 1
    name = f"ask {attempt['side']}"
    part = {**attempt, "trace": row["trace"]}
    return _span(part, attempt["span"], _hex(row["span"]), name, _error(attempt), attributes)


def _copy(row: Mapping[str, Any]) -> Span:
    name = f"copy to {row['side']}"
    attributes = _asked(row["method"], row) | {"fig.copy": True}
    return _span(row, row["span"], _hex(row["parent"]), name, _error(row), attributes)


def _asked(method: str, part: Mapping[str, Any]) -> dict[str, Value]:
    attributes: dict[str, Value] = {
        "http.request.method": method,
        "fig.side": part["side"],
        "fig.upstream": part["upstream"],
    }
    if part["status"]:
        attributes["http.response.status_code"] = part["status"]
    return attributes


def _error(part: Mapping[str, Any]) -> str:
    """Of a call: an answer from 400 on is an error of its client's span, by the conventions."""
    if part["failed"] or part["status"] < 400:
        return str(part["failed"])
    return str(part["status"])


def _hex(span: int) -> str:
    return f"{span:016x}"


def _span(
    row: Mapping[str, Any],
    span: int,
    parent: str,
    name: str,
    error: str,
    attributes: dict[str, Value],
    *,
    server: bool = False,
) -> Span:
    return Span(
        trace=row["trace"],
        span=_hex(span),
        parent=parent,
        name=name,
        kind="server" if server else "client",
        start=float(row["start"]),
        end=float(row["end"]),
        error=error,
        attributes=attributes,
    )
