"""`python -m facade sidecar fault`: let the monolith seem slow, broken or gone."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from chassis.cli.output import Output, json_option
from facade.commands import BAD_INPUT, REFUSED
from facade.commands.options import routes_option, seconds
from facade.commands.sidecar.options import folder_option, fraction, handle
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import load_path
from facade.sidecar.handle import SidecarError
from facade.sidecar.plan.plan import AFTER, BEFORE, Fault, Plan
from facade.sidecar.plan.reading import BadPlan


@click.command()
@click.argument("match", required=False)
@click.option("--latency", callback=seconds, envvar="FACADE_SIDECAR_FAULT_LATENCY",
              help="Answer so much later, such as 250ms.")  # fmt: skip
@click.option("--jitter", callback=seconds, envvar="FACADE_SIDECAR_FAULT_JITTER",
              help="And up to so much more.")  # fmt: skip
@click.option("--error", "status", type=click.IntRange(400, 599),
              envvar="FACADE_SIDECAR_FAULT_ERROR", help="Answer with this status.")  # fmt: skip
@click.option("--reset", type=click.Choice([BEFORE, AFTER]), envvar="FACADE_SIDECAR_FAULT_RESET",
              help="Reset the connection before the monolith is asked,"
                   " or after it answered.")  # fmt: skip
@click.option("--partial", callback=fraction, envvar="FACADE_SIDECAR_FAULT_PARTIAL",
              help="End the answer after so much of its body.")  # fmt: skip
@click.option("--share", callback=fraction, default="100%", show_default=True,
              envvar="FACADE_SIDECAR_FAULT_SHARE", help="Of the requests that match.")  # fmt: skip
@click.option("--for", "lasting", callback=seconds, envvar="FACADE_SIDECAR_FAULT_FOR",
              help="Then it is over, such as 30s.")  # fmt: skip
@click.option("--times", type=click.IntRange(1), envvar="FACADE_SIDECAR_FAULT_TIMES",
              help="Strike so often, then it is over.")  # fmt: skip
@click.option("--name", envvar="FACADE_SIDECAR_FAULT_NAME",
              help="What it is called; one of the same name is replaced.")  # fmt: skip
@click.option("--clear", multiple=True, metavar="NAME", envvar="FACADE_SIDECAR_FAULT_CLEAR",
              help="End one; `all` ends every one.")  # fmt: skip
@folder_option
@routes_option
@json_option("FACADE_SIDECAR_FAULT_JSON")
def fault(
    match: str | None, clear: tuple[str, ...], folder: Path, routes: Path, out: Output,
    **effects: Any,
) -> None:  # fmt: skip
    """Inject a fault into the requests that MATCH: a route's name or "METHOD /template".

    Without MATCH and --clear the faults are listed. Exit code 1 when the sidecar does not take it.
    """
    place = handle(folder)
    try:
        plan = place.plan()
        if clear:
            plan = _cleared(plan, clear)
        if match is not None:
            plan = _with(plan, _fault(plan, _match(match, routes), effects))
        status = place.apply(plan) if clear or match else place.status()
    except BadPlan as error:
        out.fail("; ".join(error.errors), BAD_INPUT)
    except SidecarError as error:
        out.fail(str(error), REFUSED)
    hits = {one["name"]: one["hits"] for one in status["faults"]} if status else {}
    _show(plan, hits, status is not None, out)


def _match(given: str, routes: Path) -> str:
    """A route's own match, or what was given."""
    if " " in given:
        return given
    try:
        known = {route.name: route.match for route in load_path(routes).file.routes}
    except RouteFileError as error:
        Output().fail(str(error), BAD_INPUT)
    if given not in known:
        Output().fail(f"no route '{given}' in {routes}; or give \"METHOD /template\"", BAD_INPUT)
    return known[given]


def _fault(plan: Plan, match: str, given: dict[str, Any]) -> Fault:
    taken = {fault.name for fault in plan.faults}
    free = next(name for at in range(1, len(taken) + 2) if (name := f"fault-{at}") not in taken)
    lasting = given["lasting"]
    return Fault(
        name=given["name"] or free,
        match=match,
        share=given["share"],
        latency_ms=1000 * (given["latency"] or 0.0),
        jitter_ms=1000 * (given["jitter"] or 0.0),
        status=given["status"],
        reset=given["reset"],
        partial=given["partial"],
        until=None if lasting is None else time.time() + lasting,
        times=given["times"],
    )


def _with(plan: Plan, fault: Fault) -> Plan:
    others = tuple(one for one in plan.faults if one.name != fault.name)
    return replace(plan, faults=(*others, fault))


def _cleared(plan: Plan, names: tuple[str, ...]) -> Plan:
    known = {fault.name for fault in plan.faults}
    for name in names:
        if name != "all" and name not in known:
            Output().fail(
                f"no fault '{name}' (there are: {', '.join(sorted(known)) or 'none'})", BAD_INPUT
            )
    kept = () if "all" in names else tuple(one for one in plan.faults if one.name not in names)
    return replace(plan, faults=kept)


def _show(plan: Plan, hits: dict[str, int], on: bool, out: Output) -> None:
    faults = [{"name": one.name, "match": one.match, "hits": hits.get(one.name, 0)}
              for one in plan.faults]  # fmt: skip
    lines = [f"{one.name}: {_words(one)}; struck {hits.get(one.name, 0)} times"
             for one in plan.faults]  # fmt: skip
    if plan.faults and not on:
        lines.append("the sidecar is off; they count as soon as `sidecar on` starts it")
    out.give({"ok": True, "on": on, "faults": faults}, "\n".join(lines) or "no faults")


def _words(fault: Fault) -> str:
    what = []
    if fault.latency_ms or fault.jitter_ms:
        jitter = f" to {fault.latency_ms + fault.jitter_ms:g}" if fault.jitter_ms else ""
        what.append(f"{fault.latency_ms:g}{jitter} ms later")
    if fault.status is not None:
        what.append(f"status {fault.status}")
    if fault.reset is not None:
        what.append(f"reset {fault.reset} the monolith answers")
    if fault.partial is not None:
        what.append(f"ends after {fault.partial:.0%} of the body")
    return f"{fault.match}, {fault.share * 100:g} % of the requests: {', '.join(what)}"
