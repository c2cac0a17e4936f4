"""`fig migrate ROUTE[,ROUTE…]`: walk routes to the new side, step by step, by the evidence."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import click

from chassis.cli.output import Output, json_option
from facade.commands import REFUSED
from facade.commands.announcing import admin_option, word, word_options
from facade.commands.moving.asking import ask
from facade.compare.evidence.written import span

POLL_SECONDS = 0.5
_OVER = ("done", "aborted")
_CHANGES = ("pause", "resume", "abort")
_PLAN = ("to", "steps", "wait", "pairs", "bound", "approve")


@click.command()
@click.argument("routes", metavar="ROUTE[,ROUTE…]")
@click.option("--to", default="new", show_default=True, envvar="FACADE_MIGRATE_TO",
              help="Where to: shadow, 'canary 25%' or new.")  # fmt: skip
@click.option("--plan", "steps", envvar="FACADE_MIGRATE_PLAN",
              help="Percentages such as 1,5,25,50,100, or a name under `plans`."
              "  [default: the route's plan]")  # fmt: skip
@click.option("--time", "wait", envvar="FACADE_MIGRATE_TIME",
              help="Least time at each step, such as 5m.")  # fmt: skip
@click.option("--pairs", type=click.IntRange(0), envvar="FACADE_MIGRATE_PAIRS",
              help="Least pairs compared at each step.")  # fmt: skip
@click.option("--bound", envvar="FACADE_MIGRATE_BOUND",
              help="Surely no more of the pairs differ, before each step: 1%.")  # fmt: skip
@click.option("--approve", envvar="FACADE_MIGRATE_APPROVE",
              help="Steps that wait for `fig approve`: percentages, or new.")  # fmt: skip
@click.option("--dry-run", is_flag=True, envvar="FACADE_MIGRATE_DRY_RUN",
              help="Only say what would happen, to how many clients.")  # fmt: skip
@click.option("--detach", is_flag=True, envvar="FACADE_MIGRATE_DETACH",
              help="Begin it and return; it goes on in the facade.")  # fmt: skip
@click.option("--pause", is_flag=True, envvar="FACADE_MIGRATE_PAUSE",
              help="Take no further step.")  # fmt: skip
@click.option("--resume", is_flag=True, envvar="FACADE_MIGRATE_RESUME", help="Go on.")
@click.option("--abort", is_flag=True, envvar="FACADE_MIGRATE_ABORT",
              help="End the walk where it is.")  # fmt: skip
@word_options
@admin_option
@json_option("FACADE_MIGRATE_JSON")
def migrate(
    routes: str, admin: str, dry_run: bool, detach: bool, who: str | None, why: str | None,
    out: Output, **given: Any,
) -> None:  # fmt: skip
    """Walk routes, with those of their seed, from where they are to the new side.

    Each step waits for its time, its pairs and its bound, and for `fig approve` where the plan says
    so; a guard moves them back. The facade walks: Ctrl-C leaves it walking, `--abort` ends it.
    Exit code 0: done (or begun, with --detach); 1: refused, paused or aborted; 2: bad input.
    """
    said = word("fig migrate", who, why)
    query = {"routes": routes, **{name: _text(given[name]) for name in _PLAN}}
    if dry_run:
        found = ask(out, admin, "/api/walks/dry-run", query)
        out.give(found, lambda: dry_text(found))
        return
    change = next((name for name in _CHANGES if given[name]), None)
    if change is not None:
        asked = {"routes": routes, "what": change, **said.query}
        walk = ask(out, admin, "/api/walks/change", asked, "POST")
        out.give(walk, lambda: line(walk))
        return
    walk = ask(out, admin, "/api/walks", {**query, **said.query}, "POST")
    if detach:
        out.give(walk, lambda: f"{line(walk)}\n  it goes on in the facade: fig status")
        return
    _follow(out, walk, lambda: _look(out, admin, walk["id"]))


def _look(out: Output, admin: str, name: str) -> Mapping[str, Any]:
    found = ask(out, admin, "/api/walks", {})
    walk = next((one for one in found if one["id"] == name), None)
    if walk is None:
        out.fail("the facade does not know this walk any more: fig status", REFUSED)
    result: Mapping[str, Any] = walk
    return result


def _follow(out: Output, walk: Mapping[str, Any], look: Callable[[], Mapping[str, Any]]) -> None:
    said = ""
    try:
        while walk["state"] == "walking":
            if (words := line(walk)) != said:
                out.say(said := words)
            time.sleep(POLL_SECONDS)
            walk = look()
    except KeyboardInterrupt:
        names = ",".join(walk["routes"])
        out.say(f"it goes on in the facade; fig migrate {names} --abort ends it")
        return
    if walk["state"] == "done":
        out.give(walk, line(walk))
        return
    out.refuse({"walk": dict(walk)}, line(walk))
    raise SystemExit(REFUSED)


def line(walk: Mapping[str, Any]) -> str:
    """A walk in one line."""
    names, state = ", ".join(walk["routes"]), walk["state"]
    if state in _OVER:
        return f"{names}: {state}, at {walk['stands']}"
    left = f" → {' → '.join(walk['steps'])}" if walk["steps"] else ""
    estimate = "" if walk["seconds"] is None else f" (about {span(walk['seconds'])} left)"
    paused = "paused: " if state == "paused" else ""
    return f"{names}: {walk['stands']}{left}{estimate}\n  {paused}{walk['words'] or 'looks around'}"


def dry_text(found: Mapping[str, Any]) -> str:
    """What a walk would do."""
    text = [f"{', '.join(found['routes'])}: from {found['from']} to {found['to']}"]
    text += [
        f"  {step['to']}: {step['words']}{' (needs fig approve)' if step['approve'] else ''}"
        for step in found["steps"]
    ]
    text.append(f"  before the first step: {found['missing'] or 'nothing is missing'}")
    if found["seconds"] is not None:
        text.append(f"  about {span(found['seconds'])} in all, at this pace")
    return "\n".join(text)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
