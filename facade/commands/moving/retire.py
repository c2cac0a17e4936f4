"""`fig retire ROUTE|DOMAIN|--all`: the last stage, where nothing needed legacy for long enough."""

import time
from pathlib import Path

import click

from chassis.cli.objections import listed
from chassis.cli.output import Output, json_option
from facade.commands import BAD_INPUT, REFUSED
from facade.commands.announcing import admin_option, word, word_options
from facade.commands.flip import refusals, take_step
from facade.commands.moving import absent
from facade.commands.moving.asking import ask
from facade.commands.options import routes_option, seconds
from facade.routes.config.routefile import RouteFile
from facade.routes.file.edit.flip import Flip
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import load_path
from facade.routes.stages import Stage

HORIZON = "10m"


@click.command()
@click.argument("target", metavar="[ROUTE|DOMAIN]", required=False)
@click.option("--all", "every", is_flag=True, envvar="FACADE_RETIRE_ALL", help="All routes.")
@click.option("--horizon", default=HORIZON, show_default=True, metavar="TIME", callback=seconds,
              envvar="FACADE_RETIRE_HORIZON",
              help="How long nothing may have needed legacy, watched without a gap.")  # fmt: skip
@click.option("--seen", multiple=True, metavar="FILE", envvar="FACADE_RETIRE_SEEN",
              type=click.Path(path_type=Path, dir_okay=False, exists=True),
              help="What another observer saw of legacy, as JSON (docs/the-end.md).")  # fmt: skip
@click.option("--dry-run", is_flag=True, envvar="FACADE_RETIRE_DRY_RUN",
              help="Only say what stands against it.")  # fmt: skip
@click.option("--yes", is_flag=True, envvar="FACADE_RETIRE_YES", help="Do not ask.")
@word_options
@routes_option
@admin_option
@json_option("FACADE_RETIRE_JSON")
def retire(
    target: str | None, every: bool, horizon: float,
    seen: tuple[Path, ...], dry_run: bool, yes: bool, who: str | None, why: str | None,
    routes: Path, admin: str, out: Output,
) -> None:  # fmt: skip
    """Retire ROUTE, the routes of DOMAIN, or all: from then on legacy is asked for nothing of them.

    Allowed where the window of their domain is closed, and no request needed legacy for the
    horizon. Whatever did is named with its last caller. Nothing leads back out of `retired`.

    Exit code 0: retired, or the dry run found nothing against it; 1: refused; 2: bad input.
    """
    if every == (target is not None):
        raise click.UsageError("name a route or a domain, or say --all")
    try:
        file = load_path(routes).file
        evidence = [absent.of_file(path.read_text("utf-8"), time.time()) for path in seen]
    except (RouteFileError, absent.NoEvidence) as error:
        out.fail(str(error), BAD_INPUT)
    chosen = absent.chosen(file, target)
    if not chosen:
        out.fail(f"no route and no domain is called '{target}': {_known(file)}", BAD_INPUT)
    if not file.has_legacy:
        words = "there is no monolith: the route file has no 'legacy', and every route is retired"
        out.give({"ok": True, "routes": [], "objections": []}, words)
        return
    evidence.insert(0, absent.of_facade(ask(out, admin, "/api/absence", {})))
    whole = every or chosen[0].name != target
    objections = absent.against(file, chosen, evidence, horizon, whole=whole)
    left = [route.name for route in chosen if route.stage is not Stage.RETIRED]
    if objections:
        _refuse(objections, left, out)
    watched = absent.clock(min(one.watched for one in evidence))
    proof = f"nothing needed legacy for {absent.clock(horizon)} (watched for {watched})"
    if dry_run or not left:
        say = f"{', '.join(left)} may be retired: {proof}" if left else "retired already"
        out.give({"ok": True, "routes": left, "objections": []}, say)
        return
    if not yes and out.as_json:
        out.fail("nothing leads back out of retired: say --yes if you mean it", REFUSED)
    if not yes:
        click.confirm(f"{proof}. Retire {', '.join(left)}? Nothing leads back", abort=True)
    said = word("fig retire", who, why or proof)
    with refusals(routes, out):
        for name in left:
            step = Flip(name, Stage.RETIRED, None, None)
            take_step(routes, step, admin, said, out, None, absent=True)


def _refuse(objections: list[absent.Objection], left: list[str], out: Output) -> None:
    reasons = [
        {"kind": one.kind, "about": one.about, "words": one.words, "next": one.remedy}
        for one in objections
    ]
    words = f"{', '.join(left)} cannot be retired:\n{listed(objections)}"
    out.refuse({"routes": left, "objections": reasons}, words)
    raise SystemExit(REFUSED)


def _known(file: RouteFile) -> str:
    names = [*file.domains, *(route.name for route in file.routes)]
    return f"there are {', '.join(names)}" if names else "the route file names none"
