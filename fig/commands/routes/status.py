"""`fig status`: what runs, and the stage of each route."""

from typing import Any

import click

from chassis.cli.output import Output, json_option
from fig.clients import admin, running
from fig.clients import sidecar as beside_legacy
from fig.commands.options import admin_option
from fig.errors import NEGATIVE, FigError
from fig.output import routes
from fig.settings import Home
from fig.supervise.state import StackState


@click.command()
@click.option("--all", "every", is_flag=True, envvar="FIG_STATUS_ALL",
              help="Also show routes without a new side.")  # fmt: skip
@admin_option
@json_option("FIG_STATUS_JSON")
@click.pass_obj
def status(home: Home, every: bool, address: str | None, out: Output) -> None:
    """Show each route's stage, share and evidence, and the processes of a running stack.

    With --admin: only that facade. Exit code 0: everything is up; 1: nothing runs or answers, or
    not everything is up.
    """
    found = running.find(home)
    if address is None and found is not None and not running.shop_here():
        address = found.urls["admin"]  # the facade of a stack that another installation started
    if address is not None:
        facade = admin.get(address, "/api/status")
        out.give(facade, lambda: routes.alone(facade, every))
        return
    if found is not None:
        _show_stack(home, found, every, out)
    else:
        document = {"running": False, "sidecar": beside_legacy.find(home.folder)}
        out.give(document, running.nothing(home))
    if found is None or not found.ready:
        raise SystemExit(NEGATIVE)


def _show_stack(home: Home, found: StackState, every: bool, out: Output) -> None:
    from fig.output import overview  # late: it is part of the shop

    facade, complaint = _ask(found)
    sidecar = beside_legacy.find(home.folder)
    document = overview.as_json(found, facade, complaint) | {"sidecar": sidecar}
    cutovers = document["cutovers"]
    out.give(document, lambda: overview.text(found, facade, complaint, every, sidecar, cutovers))


def _ask(found: StackState) -> tuple[dict[str, Any] | None, str]:
    try:
        return admin.get(found.urls["admin"], "/api/status"), ""
    except FigError as error:
        return None, str(error)
