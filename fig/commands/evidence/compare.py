"""`fig compare`: how the answers of both sides compared."""

import json
from pathlib import Path
from typing import Any

import click

from chassis.cli.output import Output, json_option
from chassis.cli.tables import table
from fig.clients import admin, calibrating, running
from fig.commands.options import admin_option
from fig.errors import NEGATIVE, BadSetting
from fig.settings import Home

HEAD = ("route", "stage", "pairs", "matched", "differ", "raced", "declined", "failed",
        "shed", "at most, 95 %", "legacy p50/p95 ms", "new p50/p95 ms")  # fmt: skip
FORMS = {".html": "html", ".json": "json", ".xml": "junit"}


@click.command()
@click.argument("route", required=False)
@click.option(
    "--reset",
    is_flag=True,
    envvar="FIG_COMPARE_RESET",
    help="Delete the evidence, and start again.",
)
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False),
              envvar="FIG_COMPARE_REPORT",
              help="Write it to FILE: .html, .json or .junit.xml.")  # fmt: skip
@click.option("--export-test", "cluster", metavar="ID", envvar="FIG_COMPARE_EXPORT_TEST",
              help="Print a pytest for one difference; its ID is in the list.")  # fmt: skip
@click.option("--calibrate", is_flag=True, envvar="FIG_COMPARE_CALIBRATE",
              help="Compare legacy with itself instead, under the demo's load.")  # fmt: skip
@click.option("--pairs", type=click.IntRange(1), default=10_000, show_default=True,
              envvar="FIG_COMPARE_PAIRS", help="With --calibrate: how many pairs.")  # fmt: skip
@click.option("--users", type=click.IntRange(1), default=40, show_default=True,
              envvar="FIG_COMPARE_USERS", help="With --calibrate: how many shoppers.")  # fmt: skip
@click.option("--hand-over", is_flag=True, envvar="FIG_COMPARE_HAND_OVER",
              help="With --calibrate: let the running facade use what it learned.")  # fmt: skip
@admin_option
@json_option("FIG_COMPARE_JSON")
@click.pass_obj
def compare(
    home: Home, route: str | None, reset: bool, report: Path | None, cluster: str | None,
    calibrate: bool, pairs: int, users: int, hand_over: bool, address: str | None, out: Output,
) -> None:  # fmt: skip
    """Show for each route how many pairs of answers were compared, and where they differ.

    Exit code 0: none differ; 1: some differ; 2: no such route, or a wrong call.
    """
    if calibrate:
        calibrating.start(running.require(home), pairs, users, out, hand_over)
    base = running.admin_url(home, address)
    if reset:
        _reset(base, route, out)
    elif cluster is not None:
        click.echo(admin.text(base, "/api/compare/test", cluster=cluster), nl=False)
    else:
        if report is not None:
            _write(base, route, report)
        _show(base, route, out)


def _show(base: str, route: str | None, out: Output) -> None:
    found = admin.get(base, "/api/compare", route=route)
    out.give(found, lambda: text(found))
    if any(one["mismatched"] for one in found["routes"]):
        raise SystemExit(NEGATIVE)


def _write(base: str, route: str | None, file: Path) -> None:
    """The report, by the ending of the file's name. Raises BadSetting."""
    form = next((form for ending, form in FORMS.items() if file.name.endswith(ending)), None)
    if form is None:
        raise BadSetting(f"--report {file}: expected a name ending in {', '.join(FORMS)}")
    content = admin.text(base, "/api/compare/report", route=route, form=form)
    try:
        file.write_text(content, encoding="utf-8")
    except OSError as error:
        raise BadSetting(f"cannot write {file}: {error.strerror}") from error


def _reset(base: str, route: str | None, out: Output) -> None:
    done = admin.post(base, "/api/compare/reset", route=route)
    names = ", ".join(done["routes"]) or "none had any"
    out.give(done, f"the evidence starts again: {names}")


def text(found: dict[str, Any]) -> str:
    """The table, and under it what differs."""
    routes = found["routes"]
    if not routes:
        return "no route compares anything; `fig flip ROUTE shadow --sample 100` starts it"
    parts = [table(HEAD, [_row(one) for one in routes])]
    outlooks = [_outlook(one) for one in routes if one["compared"]]
    parts += ["\n".join(outlooks)] if outlooks else []
    parts += [_differences(one) for one in routes if one["clusters"]]
    if found.get("waiting"):
        parts.append(f"{found['waiting']} pairs wait to be judged")
    return "\n\n".join(parts)


def _row(one: dict[str, Any]) -> tuple[str | int | None, ...]:
    return (
        one["route"],
        one["told"]["stage"],
        one["compared"],
        one["matched"],
        one["mismatched"],
        one["raced"],
        one["declined"],
        sum(one["failed"].values()),
        sum(one["shed"].values()),
        one["told"]["bound"],
        _latency(one["latency"].get("control")),
        _latency(one["latency"].get("candidate")),
    )


def _latency(side: dict[str, Any] | None) -> str | None:
    if not side or side.get("p50") is None:
        return None
    return f"{side['p50']:.1f} / {side['p95']:.1f}"


def _outlook(one: dict[str, Any]) -> str:
    """How far the evidence is from its target, and what it says nothing about."""
    unseen = f"; never seen: {', '.join(one['never_seen'])}" if one["never_seen"] else ""
    return f"{one['route']}: {one['told']['outlook']}{unseen}"


def _differences(one: dict[str, Any]) -> str:
    lines = [f"{one['route']}: {one['told']['differing']}"]
    for cluster in one["clusters"]:
        what = cluster["relation"] or cluster["kind"]
        lines.append(f"  {cluster['path']}  {what}, {cluster['count']} times   [{cluster['id']}]")
        sample = cluster["smallest"] or cluster["sample"]
        if sample:
            lines.append(f"    {sample['method']} {sample['target']}")
            lines.append(f"      legacy {_answer(sample['control'])}")
            lines.append(f"      new    {_answer(sample['candidate'])}")
    return "\n".join(lines)


def _answer(side: dict[str, Any]) -> str:
    return f"{side.get('status')}: {json.dumps(side.get('value'), ensure_ascii=False)}"
