"""`python -m facade flip ROUTE STAGE [PERCENT]`: move a route, and see that it took effect."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from chassis.cli.output import Output, json_option
from facade.commands import BAD_INPUT, REFUSED
from facade.commands.announcing import Word, announce, word, word_options
from facade.commands.confirm import Confirmation, confirmed, fetch_status
from facade.commands.options import routes_option, running_option, share
from facade.commands.promoting import NotRecorded, hold_to_evidence
from facade.guard.position import Position
from facade.routes.config.routefile import RouteConfig
from facade.routes.file.edit.alone import take_back
from facade.routes.file.edit.flip import (
    Flip,
    Flipped,
    FlipRefused,
    UnknownRoute,
    find_route,
    flip_file,
    preview,
    way,
)
from facade.routes.file.kinds.quantities import written_share
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import load_path
from facade.routes.stages import Stage
from facade.runtime.lags import Lag, hold_back
from facade.runtime.statefolder import note_step, running


@click.command()
@click.argument("route")
@click.argument("stage", metavar="STAGE", type=click.Choice([stage.value for stage in Stage]))
@click.argument("percent", required=False, callback=share)
@routes_option
@click.option(
    "--sample",
    callback=share,
    envvar="FACADE_FLIP_SAMPLE",
    help="Also write compare.sample: the share of reads asked on both sides.",
)
@click.option(
    "--walk",
    is_flag=True,
    envvar="FACADE_FLIP_WALK",
    help="Go there step by step over the allowed stages, each confirmed before the next.",
)
@running_option
@click.option(
    "--force",
    metavar="REASON",
    envvar="FACADE_FLIP_FORCE",
    help="Promote although evidence is missing or speaks against it; the reason is kept.",
)
@word_options
@json_option("FACADE_FLIP_JSON")
def flip(
    route: str, stage: str, percent: int | None, routes: Path, sample: int | None,
    walk: bool, admin: str | None, force: str | None, who: str | None, why: str | None,
    out: Output,
) -> None:  # fmt: skip
    """Move ROUTE to STAGE in the route file, keeping its comments and order.

    ROUTE may be several with commas between: one after the other, up to the first that is refused.
    Exit code 0: done; 1: refused, by the stages, the evidence or the running facade; 2: bad input.
    """
    admin = admin or running(routes)
    said = word("fig flip", who, why or force)
    with refusals(routes, out):
        for name in _known(routes, route.split(",")):
            goal = Flip(name, Stage(stage), percent, sample)
            steps = way(load_path(routes).file, goal) if walk else (goal,)
            for step in steps:
                take_step(routes, step, admin, said, out, force, insist=step is not steps[-1])


@contextmanager
def refusals(routes: Path, out: Output) -> Iterator[None]:
    """End with one message and an exit code where a step is not taken."""
    try:
        yield
    except (RouteFileError, UnknownRoute) as error:
        out.fail(str(error), BAD_INPUT)
    except (FlipRefused, NotRecorded) as error:
        out.fail(str(error), REFUSED)
    except OSError as error:
        out.fail(f"cannot write {routes}: {error.strerror or error}", BAD_INPUT)


def take_step(
    routes: Path, step: Flip, admin: str | None, said: Word, out: Output,
    force: str | None, *, insist: bool = False, absent: bool = False,
) -> None:  # fmt: skip
    """Take one step that the evidence allows, and see that it took effect; exits when it did not.

    `absent`: it was seen that nothing needs legacy for this route. Raises FlipRefused, NotRecorded.
    """
    seen = _refuse_early(routes, step, admin)
    held = hold_to_evidence(routes, step, admin, force, absent=absent)
    announce(admin, step.route, str(Position(step.stage, step.percent)), said)
    if not seen:
        _note(routes, step, out)
    _take(routes, step, admin, out, insist=insist)
    if held is not None:
        out.say(f"  {held}")


def _known(routes: Path, names: list[str]) -> list[str]:
    """These; a mistyped one moves none of them. Raises UnknownRoute."""
    file = load_path(routes).file
    for name in names:
        find_route(file, name)
    return names


def _take(routes: Path, step: Flip, admin: str | None, out: Output, *, insist: bool) -> None:
    """Write one step and see that it took effect; exits when it did not.

    On a walk (`insist`) a facade has to confirm it before the next one.
    """
    flipped = flip_file(routes, step)
    confirmation = confirmed(flipped.version, routes, admin, insist=insist)
    _show(flipped, confirmation, routes, out)
    if insist and confirmation is not None and confirmation.state == "absent":
        message = f"{step.route}: the walk ends here, for no facade confirms its steps at {admin};"
        click.echo(f"{message} start it, then walk on, or take one step at a time", err=True)
        raise SystemExit(REFUSED)
    if confirmation is not None and confirmation.state in ("refused", "late"):
        _undo_refused(flipped, confirmation, routes)
        raise SystemExit(REFUSED)


def _refuse_early(routes: Path, step: Flip, admin: str | None) -> bool:
    """Leave the file as it is where no stage leads there, or the facade would refuse it: the new
    side is behind. Returns whether a facade runs by this file."""
    wanted = preview(routes, step)
    status = fetch_status(admin) if admin else None
    if status is None or Path(status.get("file") or routes).resolve() != routes.resolve():
        return False  # the facade that reads the file judges it
    lags = {
        name: Lag(one.get("seconds"), float(status["now"]), str(one.get("reason", "")))
        for name, one in (status.get("lag") or {}).items()
    }
    reason = hold_back(wanted.before, wanted.after, lags, float(status["now"]))
    if reason is not None:
        raise FlipRefused(reason)
    return True


def _note(routes: Path, step: Flip, out: Output) -> None:
    """Keep a step that no facade sees: the next start would take several for a jump."""
    before = find_route(load_path(routes).file, step.route).stage
    if before is step.stage:
        return
    try:
        note_step(routes, step.route, before, step.stage)
    except OSError as error:
        out.say(f"  the step cannot be kept for the next start: {error.strerror}")


def _undo_refused(flipped: Flipped, confirmation: Confirmation, routes: Path) -> None:
    if confirmation.state == "refused" and flipped.changed and not take_back(routes, flipped):
        click.echo(f"{routes} was edited meanwhile; the refused step is still in it", err=True)


def _show(flipped: Flipped, confirmation: Confirmation | None, routes: Path, out: Output) -> None:
    before, after = _stage(flipped.before), _stage(flipped.after)
    done = f"{before} → {after}" if flipped.changed else f"is in {after} already"
    words = f"{flipped.after.name}: {done}   ({routes}, version {flipped.version})"
    out.give(_document(flipped, confirmation, routes), f"{words}\n  {_said(confirmation)}")


def _said(confirmation: Confirmation | None) -> str:
    if confirmation is None:
        return "the file is written; a running facade takes it within a moment"
    match confirmation.state:
        case "applied":
            waited = f"{confirmation.seconds * 1000:.0f} ms"
            return f"all {confirmation.workers} workers decide by it after {waited}"
        case "refused":
            return f"the facade refused it, and the file is as it was: {confirmation.detail}"
        case "late":
            return f"not all workers decide by it yet: {confirmation.detail}"
        case "elsewhere":
            return f"the facade that answered reads another file: {confirmation.detail}"
    return "no facade answered; the file is written and takes effect at the next start"


def _stage(route: RouteConfig) -> str:
    return route.stage + ("" if route.percent is None else f" {written_share(route.percent)}")


def _document(
    flipped: Flipped, confirmation: Confirmation | None, routes: Path
) -> dict[str, object]:
    return {
        "ok": confirmation is None or confirmation.state not in ("refused", "late"),
        "route": flipped.after.name,
        "from": _position(flipped.before),
        "to": _position(flipped.after),
        "changed": flipped.changed,
        "version": flipped.version,
        "file": str(routes),
        "facade": confirmation.state if confirmation else "not-asked",
        "workers": confirmation.workers if confirmation else 0,
        "ms": round(confirmation.seconds * 1000, 1) if confirmation else None,
        "detail": confirmation.detail if confirmation else "",
    }


def _position(route: RouteConfig) -> dict[str, object]:
    percent = None if route.percent is None else route.percent / 100
    return {"stage": route.stage.value, "percent": percent}
