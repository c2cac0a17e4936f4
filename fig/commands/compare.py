"""`fig compare`: how the answers of both sides compared."""

import json
from typing import Any

import click

from fig import admin, running
from fig.commands.options import json_option
from fig.errors import NEGATIVE
from fig.settings import Home
from fig.tables import table

HEAD = ("route", "stage", "pairs", "matched", "differ", "raced", "failed", "shed",
        "at most, 95 %", "legacy p50/p95 ms", "new p50/p95 ms")  # fmt: skip
PERCENT = 100


@click.command()
@click.argument("route", required=False)
@click.option("--reset", is_flag=True, envvar="FIG_COMPARE_RESET", help="Start the evidence anew.")
@click.option(
    "--admin",
    "address",
    envvar="FACADE_ADMIN",
    help="URL of a facade's admin port.  [default: of the running stack]",
)
@json_option("compare")
@click.pass_obj
def compare(home: Home, route: str | None, reset: bool, address: str | None, as_json: bool) -> None:
    """Show per route how many pairs of answers were compared, and where they differ.

    Exit code 0: none differ; 1: some do; 2: no such route.
    """
    base = (address or running.require(home).urls["admin"]).rstrip("/")
    if reset:
        _reset(base, route, as_json)
        return
    found = admin.get(base, "/api/compare", route=route)
    click.echo(json.dumps(found) if as_json else text(found))
    if any(one["mismatched"] for one in found["routes"]):
        raise SystemExit(NEGATIVE)


def _reset(base: str, route: str | None, as_json: bool) -> None:
    done = admin.post(base, "/api/compare/reset", route=route)
    names = ", ".join(done["routes"]) or "none had any"
    click.echo(json.dumps(done) if as_json else f"the evidence starts anew: {names}")


def text(found: dict[str, Any]) -> str:
    """The table, and under it what differs."""
    routes = found["routes"]
    if not routes:
        return "no route compares anything; `fig flip ROUTE shadow --sample 100` starts it"
    parts = [table(HEAD, [_row(one) for one in routes])]
    parts += [_differences(one) for one in routes if one["clusters"]]
    if found.get("waiting"):
        parts.append(f"{found['waiting']} pairs wait to be judged")
    return "\n\n".join(parts)


def _row(one: dict[str, Any]) -> tuple[str | int | None, ...]:
    percent = "" if one["percent"] is None else f" {one['percent']:g} %"
    return (
        one["route"],
        f"{one['stage'] or 'gone'}{percent}",
        one["completed"],
        one["matched"],
        one["mismatched"],
        one["raced"],
        sum(one["failed"].values()),
        sum(one["shed"].values()),
        f"{one['upper_bound'] * PERCENT:.2f} % differ" if one["compared"] else None,
        _latency(one["latency"].get("control")),
        _latency(one["latency"].get("candidate")),
    )


def _latency(side: dict[str, Any] | None) -> str | None:
    if not side or side.get("p50") is None:
        return None
    return f"{side['p50']:.1f} / {side['p95']:.1f}"


def _differences(one: dict[str, Any]) -> str:
    lines = [f"{one['route']}: what differs"]
    for cluster in one["clusters"]:
        what = cluster["relation"] or cluster["kind"]
        lines.append(f"  {cluster['path']}  {what}, {cluster['count']} times")
        sample = cluster["smallest"] or cluster["sample"]
        if sample:
            lines.append(f"    {sample['method']} {sample['target']}")
            lines.append(f"      legacy {_answer(sample['control'])}")
            lines.append(f"      new    {_answer(sample['candidate'])}")
    return "\n".join(lines)


def _answer(side: dict[str, Any]) -> str:
    return f"{side.get('status')}: {json.dumps(side.get('value'), ensure_ascii=False)}"
