"""`fig status`: what runs, and where the routes stand."""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import click

from fig.clients import admin, running
from fig.clients import sidecar as beside_legacy
from fig.commands.options import json_option
from fig.errors import NEGATIVE, FigError
from fig.output import breakers, unmatched
from fig.output.tables import duration, table
from fig.settings import Home
from fig.stack.ports import PLAN
from fig.supervise import readiness
from fig.supervise.process import Kind
from fig.supervise.standing import State
from fig.supervise.state import ProcessState, StackState

# "fell back": of what was meant for new in the last ten seconds
ROUTES = (
    *("route", "stage", "new side", "requests", "req/s"),
    *("failed", "fell back %", "pairs", "differ"),
)


@click.command()
@click.option(
    "--all", "every", is_flag=True, envvar="FIG_STATUS_ALL", help="Also routes with no new side."
)
@json_option("status")
@click.pass_obj
def status(home: Home, every: bool, as_json: bool) -> None:
    """Show processes with ports, uptime and restarts, and routes with stage, share and evidence.

    Exit code 0: everything is up; 1: nothing runs, or not all of it is up.
    """
    found = running.find(home)
    facade, complaint = _ask(found)
    if as_json:
        told = _as_json(found, facade, complaint)
        click.echo(json.dumps(told | {"sidecar": beside_legacy.find(home.folder)}))
    elif found is None:
        click.echo(f"nothing runs in {home.folder}; `fig up --detach` starts it")
    else:
        click.echo(_text(found, facade, complaint, every, beside_legacy.find(home.folder)))
    if found is None or not found.ready:
        raise SystemExit(NEGATIVE)


def _ask(found: StackState | None) -> tuple[dict[str, Any] | None, str]:
    if found is None:
        return None, ""
    try:
        return admin.get(found.urls["admin"], "/api/status"), ""
    except FigError as error:
        return None, str(error)


def _as_json(
    found: StackState | None, facade: dict[str, Any] | None, complaint: str
) -> dict[str, Any]:
    if found is None:
        return {"running": False}
    told = {
        "facade": facade,  # with its own breakers, by upstream
        "complaint": complaint or None,
        # None: the process that would know does not run or answer
        "breakers": readiness.of(found, "orders").get("breakers"),
        "alarms": readiness.of(found, "feed").get("alarms"),
    }
    return {"running": True, **asdict(found), **told}


def _text(
    found: StackState, facade: dict[str, Any] | None, complaint: str, every: bool,
    sidecar: Mapping[str, Any] | None = None,
) -> str:  # fmt: skip
    head = "everything is up" if found.ready else "not everything is up"
    parts = [
        f"{head}, for {duration(time.time() - found.since)} (pid {found.pid})",
        table(("process", "state", "port", "pid", "for", "restarts"), _processes(found)),
    ]
    parts += filter(None, (_alarms(found), _breakers(found, facade)))
    if sidecar is not None:
        parts.append(beside_legacy.text(sidecar))
    if facade is None:
        return "\n\n".join((*parts, complaint))
    reload = facade.get("reload") or {}
    version = f"routes: {facade.get('file') or found.routes} (version {facade.get('version')})"
    if not reload.get("ok", True):
        version += "\nthe last edit was refused:\n" + "\n".join(map(str, reload["errors"]))
    moving = [route for route in facade["routes"] if route["new"] or every]
    rows = [_route(route) for route in moving]
    if len(moving) < len(facade["routes"]):
        rows.append(_others([route for route in facade["routes"] if not route["new"]]))
    rows.append(unmatched.row(facade["unmatched"]))
    parts += (version, table(ROUTES, rows), unmatched.shapes(facade["unmatched"]))
    return "\n\n".join(filter(None, parts))


def _alarms(found: StackState) -> str:
    alarms = readiness.of(found, "feed").get("alarms") or {}
    return "\n".join(f"ALARM of the feed: {said}" for said in alarms.values())


def _breakers(found: StackState, facade: dict[str, Any] | None) -> str:
    toward_legacy = readiness.of(found, "orders").get("breakers")
    of_facade = breakers.of_facade((facade or {}).get("upstreams") or {})
    return "\n".join(filter(None, (toward_legacy and breakers.text(toward_legacy), of_facade)))


def _processes(found: StackState) -> list[tuple[str | int | None, ...]]:
    now = time.time()
    return [_process(process, found, now) for process in found.processes]


def _process(process: ProcessState, found: StackState, now: float) -> tuple[str | int | None, ...]:
    ports = [str(port) for name, port in found.ports.items() if _belongs(name, process.name)]
    service = process.kind == Kind.SERVICE.value
    alive = process.state == State.READY.value
    return (
        process.name,
        process.state,
        " ".join(ports),
        str(process.pid) if process.alive else "",
        duration(now - process.since) if alive else "",
        process.restarts if service else None,
    )


def _belongs(port: str, process: str) -> bool:
    return port in PLAN and PLAN[port][1] == process


def _route(route: dict[str, Any]) -> tuple[str | int | float | None, ...]:
    requests, rates, pairs = route["requests"], route["rates"], route["compare"]
    both = sum(rates.values())
    share = f"{rates['new'] / both:.0%} of traffic" if both else "–"
    percent = route["percent"]
    stage = route["stage"] + (f" {percent:g} %" if percent is not None else "")
    return (
        route["name"],
        stage,
        share if route["new"] else "",
        sum(requests.values()),
        round(both, 1),
        sum(route["failures"].values()),
        None if route["fallback_share"] is None else round(100 * route["fallback_share"], 1),
        pairs["completed"],
        pairs["mismatched"],
    )


def _others(routes: list[dict[str, Any]]) -> tuple[str | int | float | None, ...]:
    """The routes that nobody has begun to move, in one row."""
    return (
        f"and {len(routes)} more",
        "legacy",
        "(--all lists them)",
        sum(sum(route["requests"].values()) for route in routes),
        round(sum(sum(route["rates"].values()) for route in routes), 1),
        sum(sum(route["failures"].values()) for route in routes),
        None,
        None,
        None,
    )
