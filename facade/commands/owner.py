"""`python -m facade owner DOMAIN [OWNER]`: the owner of a domain, as the route file says it.

The route file does not bring a cutover about: `fig cutover` does, and writes by this command which
routes are pinned meanwhile and after it.
"""

from pathlib import Path
from typing import Any

import click

from chassis.cli.output import Output, json_option
from facade.commands import BAD_INPUT, REFUSED
from facade.commands.confirm import Confirmation, confirmed
from facade.commands.options import routes_option, running_option
from facade.routes.config.domainfile import CLOSED, MOVING, NEW, OLD, OPEN
from facade.routes.config.routefile import RouteConfig, RouteFile
from facade.routes.file.edit.alone import take_back
from facade.routes.file.edit.owner import (
    OwnerRefused,
    UnknownDomain,
    Written,
    domain_of,
    own_in_file,
)
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import load_path
from facade.routes.ownership import held
from facade.runtime.statefolder import running


@click.command()
@click.argument("domain")
@click.argument("owner", required=False, type=click.Choice([OLD, MOVING, NEW]))
@click.option("--window", type=click.Choice([OPEN, CLOSED]), default=OPEN,
              show_default=True, envvar="FACADE_OWNER_WINDOW",
              help="With the owner new: whether legacy is kept current.")  # fmt: skip
@routes_option
@running_option
@json_option("FACADE_OWNER_JSON")
def owner(
    domain: str, owner: str | None, window: str, routes: Path, admin: str | None, out: Output
) -> None:
    """Show who owns DOMAIN, with its routes and which of them are pinned; with OWNER, write it.

    What is written moves no data: `fig cutover` does, and calls this. Exit code 0: done; 1:
    refused; 2: bad input.
    """
    try:
        if owner is None:
            _show(load_path(routes).file, domain, out)
            return
        written = own_in_file(routes, domain, owner, window)
        seen = _confirmed(written, routes, admin or running(routes))
        if seen.state in ("refused", "late"):
            if seen.state == "refused" and written.changed:
                take_back(routes, written)
            out.fail(f"'{domain}' in {routes}: {seen.state}: {seen.detail}", REFUSED)
    except (RouteFileError, UnknownDomain) as error:
        out.fail(str(error), BAD_INPUT)
    except OwnerRefused as error:
        out.fail(str(error), REFUSED)
    except OSError as error:
        out.fail(f"cannot write {routes}: {error.strerror or error}", BAD_INPUT)
    else:
        answer = {"ok": True, "domain": domain, "from": written.before.words,
                "to": written.after.words, "changed": written.changed,
                "version": written.version, "facade": seen.state}  # fmt: skip
        out.give(answer, f"{domain}: {written.before.words} → {written.after.words} ({routes})")


def _show(file: RouteFile, name: str, out: Output) -> None:
    found = domain_of(file, name)
    routes = [_route(one, file) for one in file.routes if one.domain == name]
    answer = {"ok": True, "domain": name, "owner": found.owner, "window": found.window,
            "routes": routes, "version": file.version}  # fmt: skip
    lines = [f"{name}: {found.words}"]
    lines += [
        f"  {one['name']:<24} {one['stage']:<8} {'writes' if one['writes'] else 'reads':<7}"
        f"{' pinned' if one['pinned'] else ''}"
        for one in routes
    ]
    out.give(answer, "\n".join(lines))


def _route(route: RouteConfig, file: RouteFile) -> dict[str, Any]:
    return {
        "name": route.name, "match": route.match, "stage": route.stage.value, "new": route.new,
        "writes": route.writes, "pinned": held(route, file, writes=route.writes),
    }  # fmt: skip


def _confirmed(written: Written, routes: Path, admin: str | None) -> Confirmation:
    """Of a move's beginning, also where the facade is slow to answer: a worker that does not know
    that a domain moves lets legacy answer clients whose last write legacy lacks."""
    begins = written.after.owner == MOVING and written.before.owner != NEW
    seen = confirmed(written.version, routes, admin, insist=begins) or Confirmation("absent")
    if begins and admin is not None and seen.state == "absent":
        return Confirmation("late", detail=f"no facade answers at {admin}")
    return seen
