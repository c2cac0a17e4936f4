"""`fig saga ID`: the steps of one saga as a timeline; park, resume or undo it."""

import urllib.parse
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import click

from chassis.cli.output import Output, json_option
from fig.clients import services
from fig.errors import NEGATIVE
from fig.settings import Home

MARKS = {"done": "✓", "refusal": "✗", "unknown": "?", "absent": "…"}  # of a step's outcome
BEGUN = ("do", "ask", "undo")
ENDED_WELL = ("done", "undone", "forward", "backward")


@click.command()
@click.argument("saga_id", metavar="ID")
@click.argument("order", required=False, type=click.Choice(["park", "resume", "compensate"]))
@click.option("--orders", "address", envvar="FIG_ORDERS",
              help="URL of the saga's service.  [default: in the running stack, by the ID]",
              )  # fmt: skip
@json_option("FIG_SAGA_JSON")
@click.pass_obj
def saga(home: Home, saga_id: str, order: str | None, address: str | None, out: Output) -> None:
    """Show what happened in a saga; `park` stops it, `resume` continues a parked one,
    `compensate` undoes it.

    Exit code 0: it has ended, or is under way; 1: it is parked, or the action was refused;
    2: no such saga.
    """
    base = services.address(home, services.of_saga(saga_id), address)
    path = "/sagas/" + urllib.parse.quote(saga_id, safe="")
    if order:
        services.ask("POST", base, f"{path}/{order}")
    found = services.ask("GET", base, path)
    out.give(found, lambda: text(found))
    if found["phase"] not in ENDED_WELL:
        raise SystemExit(NEGATIVE)


def text(found: Mapping[str, Any]) -> str:
    """Its phase, its steps with the current one marked, and the timeline."""
    began = datetime.fromtimestamp(found["created"]).astimezone()
    head = [
        f"{found['kind']} {found['id']}: {found['phase']}",
        f"began {began:%Y-%m-%d %H:%M:%S}" + _under(found),
        "steps " + " ▸ ".join(_marked(step, found) for step in found["steps"]),
    ]
    if found["reason"]:
        head.append(f"why   {found['reason']}")
    if found["waits_for"]:
        head.append(f"waits for {found['waits_for']}")
    if found["alike"]:
        head.append(f"since the last line {found['alike']} more attempts came out like one before")
    return "\n".join([*head, "", *timeline(found["story"], found["created"])])


def _under(found: Mapping[str, Any]) -> str:
    return f" under table {found['table']}" if found["table"] else ""


def _marked(step: str, found: Mapping[str, Any]) -> str:
    return f"[{step}]" if step == found["step"] else step


def timeline(story: list[Mapping[str, Any]], began: float) -> list[str]:
    """A line for each attempt: when, which step, its outcome, and how long it took.

    Times are seconds since the saga began. An attempt without a recorded end is marked.
    """
    lines: list[str] = []
    opened: Mapping[str, Any] | None = None
    for entry in [*story, None]:
        if entry is not None and opened is not None and entry["what"] not in BEGUN:
            lines.append(_line(opened, entry, began))
            opened = None
            continue
        if opened is not None:
            lines.append(_line(opened, None, began))
        opened = entry if entry is not None and entry["what"] in BEGUN else None
        if entry is not None and opened is None:
            said = _said(entry)
            lines.append(f"{entry['at'] - began:9.3f} s  {entry['step']:<10} {said}")
    return lines


def _said(entry: Mapping[str, Any]) -> str:
    if entry["what"] == "again":
        return f"{entry['attempt']} more {entry['detail']}"
    return f"{entry['what']}: {entry['detail']}".removesuffix(": ")


def _line(opened: Mapping[str, Any], ended: Mapping[str, Any] | None, began: float) -> str:
    verb = "" if opened["what"] == "do" else opened["what"] + " "
    attempt = f" (attempt {opened['attempt']})" if opened["attempt"] > 1 else ""
    if ended is None:
        how = "† its end was not recorded"
    else:
        took = f"{(ended['at'] - opened['at']) * 1000:.1f} ms"
        detail = f": {ended['detail']}" if ended["detail"] and ended["what"] != "done" else ""
        how = f"{MARKS.get(ended['what'], '')} {ended['what']} after {took}{detail}"
    return f"{opened['at'] - began:9.3f} s  {opened['step']:<10} {verb}{how}{attempt}"
