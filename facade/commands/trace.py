"""`fig trace ID`: where one request went, as a tree with times."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

import click

from chassis.cli.output import Output, json_option
from facade.commands.announcing import admin_option
from facade.commands.moving.asking import ask

Span = dict[str, Any]
# What is said of a span, and by which word.
_SHOWN = {
    "http.response.status_code": "status", "feature_flag.key": "flag",
    "feature_flag.result.variant": "variant", "feature_flag.result.reason": "reason",
    "feature_flag.version": "table", "fig.upstream": "upstream", "fig.order_no": "order",
    "fig.saga_id": "saga", "http.request.resend_count": "resent", "fig.copy": "copy",
}  # fmt: skip


@click.command()
@click.argument("wanted", metavar="ID")
@admin_option
@json_option("FACADE_TRACE_JSON")
def trace(wanted: str, admin: str, out: Output) -> None:
    """Show where a request went: ID is its trace or request id, an order's number or a saga's id.

    Times are milliseconds since the trace began, then the duration. Only what the route file's
    `facade.tracing` samples is known, for a week at most.

    Exit code 0: shown; 1: no facade answers; 2: nothing is known of it.
    """
    found = ask(out, admin, f"/api/traces/{quote(wanted, safe='')}", {})
    out.give(found, lambda: "\n".join(lines(found["spans"])))


def lines(spans: list[Span]) -> Iterator[str]:
    """The traces one after the other, each as a tree."""
    traces: dict[str, list[Span]] = {}
    for span in spans:
        traces.setdefault(span["trace"], []).append(span)
    for name, members in traces.items():
        began = min(span["start"] for span in members)
        until = max(span["end"] for span in members)
        services = len({span["service"] for span in members})
        when = datetime.fromtimestamp(began).astimezone().isoformat(timespec="milliseconds")
        yield f"trace {name}   {when}"
        yield (
            f"{len(members)} spans of {services} services, {_duration(until - began)} from the"
            " first to the last"
        )
        yield from _tree(members, began)


def _tree(members: list[Span], began: float) -> Iterator[str]:
    known = {span["span"] for span in members}
    children: dict[str, list[Span]] = {}
    for span in members:
        parent = span["parent"] if span["parent"] in known else ""
        children.setdefault(parent, []).append(span)
    waiting = [(span, "", True, True) for span in reversed(children.get("", []))]
    while waiting:
        span, indent, last, top = waiting.pop()
        branch = "" if top else "└─ " if last else "├─ "
        yield _line(span, f"{indent}{branch}", began)
        below = indent if top else indent + ("   " if last else "│  ")
        under = children.get(span["span"], [])
        for child in reversed(under):
            waiting.append((child, below, child is under[-1], False))


def _line(span: Span, branch: str, began: float) -> str:
    attributes = span["attributes"]
    notes = [f"{word}={attributes[name]}" for name, word in _SHOWN.items() if name in attributes]
    if span["error"]:
        notes.append(f"error={span['error']}")
    start, took = (span["start"] - began) * 1000.0, span["end"] - span["start"]
    what = f"{branch}{span['service']}: {span['name']}{_path(span)}"
    return f"{start:>10,.1f}  {_duration(took):>9}  {what}  {' '.join(notes)}".rstrip()


def _path(span: Span) -> str:
    """Of a call whose name is its method alone."""
    if "/" in span["name"]:
        return ""
    url = urlsplit(str(span["attributes"].get("url.full", "")))
    return f" {url.path}" if url.path else ""


def _duration(seconds: float) -> str:
    return f"{seconds * 1000.0:,.1f} ms" if seconds < 10.0 else f"{seconds:,.1f} s"
