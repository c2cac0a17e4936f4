"""`flip` asks the running facade whether the evidence speaks against a step, before it writes."""

from datetime import date
from pathlib import Path
from typing import Any

from chassis.cli.calls import NoAnswer, call_object
from facade.commands.confirm import fetch_status
from facade.compare.evidence.promotion import objections, promotes
from facade.routes.file.edit.flip import Flip, FlipRefused
from facade.routes.file.reading import load_path

SECONDS = 3.0


class NotRecorded(Exception):
    """A forced step that nobody would write down is not taken; the message says why."""


def hold_to_evidence(routes: Path, step: Flip, admin: str | None, force: str | None) -> None:
    """Raises FlipRefused with what speaks against the step, if it is a promotion; with `force`,
    the reason given, the facade notes it beside the evidence instead. Raises NotRecorded."""
    file = load_path(routes).file
    route = next((one for one in file.routes if one.name == step.route), None)
    if route is None or not promotes(route, step.stage, step.percent):
        return
    name = route.compare.rules if route.compare else None
    evidence = _evidence(routes, step.route, admin)
    today = date.today()  # noqa: DTZ011 - end dates are days on the wall
    found = objections(route, file.compare_rules.get(name or ""), evidence, today)
    if not found:
        return
    if force is None:
        raise FlipRefused(
            f"the evidence speaks against {step.route} → {step.stage}: {'. '.join(found)}."
            f" Mended: `fig compare {step.route} --reset` starts anew;"
            " otherwise --force REASON, which is kept"
        )
    _record(admin, step, force, found)


def _evidence(routes: Path, route: str, admin: str | None) -> dict[str, Any] | None:
    """The route's evidence; None where no facade runs, or one that reads another file."""
    status = fetch_status(admin) if admin else None
    theirs = str(status.get("file", "")) if status else ""
    if admin is None or status is None or (theirs and Path(theirs).resolve() != routes.resolve()):
        return None
    try:
        found: list[dict[str, Any]] = _asked("GET", admin, "/api/compare", route=route)["routes"]
    except (NoAnswer, KeyError):
        return None
    return found[0] if found else None


def _record(admin: str | None, step: Flip, reason: str, found: list[str]) -> None:
    if admin is None:
        raise NotRecorded("--force is kept beside the evidence, but no facade is named: --admin")
    try:
        _asked("POST", admin, "/api/compare/forced", route=step.route, stage=step.stage.value,
               reason=reason, against=". ".join(found))  # fmt: skip
    except NoAnswer as error:
        raise NotRecorded(
            f"--force is kept beside the evidence, but nobody took it: {error}"
        ) from None


def _asked(method: str, admin: str, path: str, **query: str) -> dict[str, Any]:
    return call_object(f"{admin}{path}", query, method=method, seconds=SECONDS)
