"""`python -m facade detach`: take `legacy` out of the route file, once every route is retired.

`fig farewell` calls it; before somebody's own monolith it is called by hand.
"""

from dataclasses import asdict
from pathlib import Path

import click

from chassis.cli.calls import NoAnswer, call_object
from chassis.cli.output import Output, json_option
from facade.commands import BAD_INPUT, REFUSED
from facade.commands.announcing import SECONDS, Word, word, word_options
from facade.commands.confirm import Confirmation, confirmed
from facade.commands.options import routes_option, running_option
from facade.routes.config.routefile import LEGACY
from facade.routes.file.edit.alone import take_back
from facade.routes.file.edit.detach import (
    DetachRefused,
    Need,
    detach_in_file,
    needs,
)
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import load_path
from facade.runtime.statefolder import running

WHY = "legacy is taken out of the route file: what no route names is 404"


@click.command()
@click.option("--dry-run", is_flag=True, envvar="FACADE_DETACH_DRY_RUN",
              help="Only say what in the file needs legacy.")  # fmt: skip
@word_options
@routes_option
@running_option
@json_option("FACADE_DETACH_JSON")
def detach(
    dry_run: bool, who: str | None, why: str | None, routes: Path, admin: str | None, out: Output
) -> None:  # fmt: skip
    """Take `legacy` out of the route file: what no route names is then 404, and counted.

    Allowed where every route is retired and the window of every domain is closed.

    Exit code 0: done, or it was out already; 1: refused; 2: bad input.
    """
    try:
        file = load_path(routes).file
        found = list(needs(file)) if LEGACY in file.upstreams else []
        if found:
            _refuse(found, out)
        if dry_run:
            words = "nothing in the route file needs legacy"
            out.give({"ok": True, "changed": False, "objections": []}, words)
            return
        detached = detach_in_file(routes)
    except RouteFileError as error:
        out.fail(str(error), BAD_INPUT)
    except DetachRefused as error:
        out.fail(str(error), REFUSED)
    except OSError as error:
        out.fail(f"cannot write {routes}: {error.strerror or error}", BAD_INPUT)
    admin = admin or running(routes)
    seen = confirmed(detached.version, routes, admin) or Confirmation("absent")
    if seen.state in ("refused", "late"):
        if seen.state == "refused" and detached.changed:
            take_back(routes, detached)
        out.fail(f"{routes} without legacy: {seen.state}: {seen.detail}", REFUSED)
    if detached.changed:
        _enter(admin, word("fig farewell", who, why or WHY), out)
    answer = {"ok": True, "changed": detached.changed, "version": detached.version,
            "facade": seen.state, "objections": []}  # fmt: skip
    state = "is taken out of" if detached.changed else "was not in"
    out.give(answer, f"legacy {state} {routes}: what no route names is 404")


def _refuse(found: list[Need], out: Output) -> None:
    lines = "\n".join(f"  {one.words}\n    next: {one.remedy}" for one in found)
    reasons = [{**asdict(one), "next": one.remedy} for one in found]
    out.refuse({"objections": reasons}, f"the route file needs legacy:\n{lines}")
    raise SystemExit(REFUSED)


def _enter(admin: str | None, said: Word, out: Output) -> None:
    """Into the journal of the running facade."""
    if admin is None:
        return
    try:
        call_object(f"{admin}/api/farewell", said.query, method="POST", seconds=SECONDS)
    except NoAnswer as error:
        out.warn(f"the journal has not heard of it: {error}")
