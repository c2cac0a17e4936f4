"""The whole stack for the terminal: its processes, alarms and breakers, and the routes."""

import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from chassis.cli.tables import duration, table
from fig.clients import sidecar as beside_legacy
from fig.cutover import seen
from fig.output import breakers, routes
from fig.stack.ports import PLAN
from fig.supervise import readiness
from fig.supervise.process import Kind
from fig.supervise.standing import State
from fig.supervise.state import ProcessState, StackState


def as_json(found: StackState, facade: dict[str, Any] | None, complaint: str) -> dict[str, Any]:
    document = {
        "facade": facade,  # with its own breakers, by upstream
        "complaint": complaint or None,
        # None: the process that would know does not run or answer
        "breakers": readiness.of(found, "orders").get("breakers"),
        "alarms": readiness.of(found, "feed").get("alarms"),
        "cutovers": seen.standings(found, facade),  # of the services that own domains, by domain
    }
    return {"running": True, **asdict(found), **document}


def text(
    found: StackState, facade: dict[str, Any] | None, complaint: str, every: bool,
    sidecar: Mapping[str, Any] | None = None, cutovers: Mapping[str, Any] | None = None,
) -> str:  # fmt: skip
    """For people; `complaint` stands where the facade did not answer, `cutovers` as in JSON."""
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
    parts += filter(None, (seen.text(cutovers or {}, facade),))
    parts.append(routes.text(facade, every, found.routes))
    return "\n\n".join(parts)


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
