"""`flip` asks the running facade whether the evidence speaks against a step, before it writes."""

import time
from datetime import date
from pathlib import Path
from typing import Any

from chassis.cli.calls import NoAnswer, call_object
from facade.commands.confirm import fetch_status
from facade.compare.evidence.promotion import Known, has_pairs, objections, promotes
from facade.routes.file.edit.flip import Flip, FlipRefused
from facade.routes.file.reading import load_path
from facade.routes.ownership import held
from facade.routes.stages import Stage
from facade.runtime.statefolder import note_forced

SECONDS = 3.0


class NotRecorded(Exception):
    """A forced step that cannot be recorded, and so is not taken; the message says why."""


def hold_to_evidence(
    routes: Path, step: Flip, admin: str | None, force: str | None, *, absent: bool = False
) -> str | None:
    """What is to be said beside a step that may be taken, if anything.

    Once the window of its domain is closed, legacy is out of date and nothing is compared: then
    a route is retired where nothing needs legacy, which `absent` says was seen. Raises FlipRefused
    with what is missing, if it is a promotion; with `force`, the reason given, that is noted
    beside the evidence instead. Raises NotRecorded.
    """
    file = load_path(routes).file
    route = next((one for one in file.routes if one.name == step.route), None)
    if route is None or not promotes(route, step.stage, step.percent):
        return None
    if step.stage is Stage.RETIRED and held(route, file, writes=False):
        if force is None and not absent:
            raise FlipRefused(_BY_RETIRE.format(step.route))
        return None
    known = _known(routes, step.route, admin)
    today = date.today()  # noqa: DTZ011 - end dates are days on the wall
    found = objections(file, route, step.stage, known, today)
    if not found:
        return None if has_pairs(route) else _ONLY_WRITES.format(step.route)
    if force is None:
        raise FlipRefused(
            f"{step.route} → {step.stage}: {'. '.join(found)}. {_way_on(step, known)}"
        )
    return _record(routes, admin if known else None, step, force, found)


_BY_RETIRE = "{0} → retired: fig retire {0} does it, once nothing has needed legacy for long"
_ONLY_WRITES = "{} only writes: its errors were looked at; `fig verify` judges its data"


def _way_on(step: Flip, known: Known | None) -> str:
    if known is None:
        return (
            "Start the facade by this route file, or name it with --admin HOST:PORT;"
            ' otherwise --force "why", which is kept'
        )
    return (
        f"Mended: `fig compare {step.route} --reset` starts at zero;"
        ' otherwise --force "why", which is kept beside the evidence'
    )


def _known(routes: Path, route: str, admin: str | None) -> Known | None:
    """What a facade knows of the route; None where none runs, or one that reads another file."""
    status = fetch_status(admin) if admin else None
    theirs = str(status.get("file", "")) if status else ""
    if admin is None or status is None or (theirs and Path(theirs).resolve() != routes.resolve()):
        return None
    counted: dict[str, Any] = next(
        (one for one in status.get("routes", []) if one.get("name") == route), {}
    )
    try:
        found: list[dict[str, Any]] = _asked("GET", admin, "/api/compare", route=route)["routes"]
    except (NoAnswer, KeyError):
        return None
    return Known(found[0] if found else NOTHING, counted)


# Of a route that never compared anything.
NOTHING: dict[str, Any] = {
    "compared": 0, "mismatched": 0, "skipped": {}, "failed": {}, "causes": [],
    "pairs_per_second": 0.0, "parked_count": 0, "parked": [],
}  # fmt: skip


def _record(
    routes: Path, admin: str | None, step: Flip, reason: str, found: list[str]
) -> str | None:
    words = {"route": step.route, "stage": step.stage.value, "reason": reason,
             "against": ". ".join(found)}  # fmt: skip
    try:
        if admin is not None:
            _asked("POST", admin, "/api/compare/forced", **words)
            return None
        kept = note_forced(routes, {"at": time.time(), **words})
        return f"the reason is kept in {kept} until a facade runs by this file"
    except (NoAnswer, OSError) as error:
        raise NotRecorded(
            f"--force is kept beside the evidence, but it could not be recorded: {error}"
        ) from None


def _asked(method: str, admin: str, path: str, **query: str) -> dict[str, Any]:
    return call_object(f"{admin}{path}", query, method=method, seconds=SECONDS)
