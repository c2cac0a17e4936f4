"""Requests that no route names, for the terminal: a row beside the routes, a table of shapes."""

from collections.abc import Mapping
from typing import Any

from chassis.cli.tables import Cell, table

MOST_SHAPES = 10
HEAD = ("path of no route", "requests", "req/s", "p50 ms", "p95 ms", "5xx", "failed")


def row(unmatched: Mapping[str, Any]) -> tuple[Cell, ...]:
    """The row of all of them, in the columns of the table of routes."""
    return (
        "(no route)",
        "legacy",
        "",
        unmatched["requests"],
        round(unmatched["rate"], 1),
        sum(unmatched["failures"].values()),
        None,
        None,
        None,
    )


def shapes(unmatched: Mapping[str, Any]) -> str:
    """The shapes with the most requests; an empty text where every path had a route."""
    shapes = unmatched["shapes"]
    if not shapes:
        return ""
    text = table(HEAD, [_shape(one) for one in shapes[:MOST_SHAPES]])
    more = len(shapes) - MOST_SHAPES
    return text + (f"\nand {more} more: `fig status --json` lists them" if more > 0 else "")


def _shape(shape: Mapping[str, Any]) -> tuple[Cell, ...]:
    return (
        f"{shape['method']} {shape['shape']}",
        shape["requests"],
        round(shape["rate"], 1),
        shape["latency"]["p50"],
        shape["latency"]["p95"],
        shape["status"].get("5xx", 0),
        sum(shape["failures"].values()),
    )
