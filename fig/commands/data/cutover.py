"""`fig cutover DOMAIN`: the new side becomes the owner of a domain, or legacy again."""

import click

from chassis.cli.output import Output, json_option
from fig.clients import monolith, running, services
from fig.cutover import looking
from fig.cutover.calling import Call
from fig.cutover.domains import parts_of
from fig.cutover.heard import Heard
from fig.cutover.moving import Mover
from fig.cutover.owning import LEGACY, NEW, Owning
from fig.cutover.routefile import RouteFile
from fig.settings import Home


def percent(_context: click.Context, _option: click.Parameter, given: str) -> float:
    """`1%` or `0.5` as a share."""
    try:
        share = float(given.removesuffix("%")) / 100
    except ValueError:
        share = -1.0
    if not 0 < share <= 1:
        raise click.BadParameter(f"expected a percentage such as 1%, not '{given}'")
    return share


@click.command()
@click.argument("domain")
@click.option("--dry-run", is_flag=True, envvar="FIG_CUTOVER_DRY_RUN",
              help="Only check, and list what prevents it.")  # fmt: skip
@click.option("--back", is_flag=True, envvar="FIG_CUTOVER_BACK",
              help="Make legacy the owner again.")  # fmt: skip
@click.option("--close", is_flag=True, envvar="FIG_CUTOVER_CLOSE",
              help="End the window: legacy is no longer kept current; no way back.")  # fmt: skip
@click.option("--rehearse", is_flag=True, envvar="FIG_CUTOVER_REHEARSE",
              help="Move to the new side, back to legacy, and to the new side again.")  # fmt: skip
@click.option("--bound", default="1%", show_default=True, metavar="PERCENT", callback=percent,
              envvar="FIG_CUTOVER_BOUND",
              help="The comparison must rule out a larger share of wrong answers.")  # fmt: skip
@click.option("--yes", is_flag=True, envvar="FIG_CUTOVER_YES",
              help="With --close: do not ask for confirmation.")  # fmt: skip
@json_option("FIG_CUTOVER_JSON")
@click.pass_obj
def cutover(
    home: Home, domain: str, dry_run: bool, back: bool, close: bool, rehearse: bool, bound: float,
    yes: bool, out: Output,
) -> None:  # fmt: skip
    """Make the new side the owner of DOMAIN: goods, orders or accounts.

    All conditions are checked first. Then new writes wait for a moment, legacy's tables are locked
    against writes, and the writes continue at the new owner. A failure before the switch leaves
    legacy the owner. If this command is killed, the service ends the attempt by itself, and the
    next call corrects the route file.

    Exit code 0: done; 1: refused or failed; 2: a wrong call.
    """
    if back + close + rehearse > 1:
        raise click.UsageError("--back, --close and --rehearse exclude each other")
    parts = parts_of(domain)
    monolith.needed(home, f"the new side owns {domain}, and there is nobody to move it to or from")
    found = running.require(home)
    owning = Owning(services.address(home, parts.owning, None), domain)
    file = RouteFile(found)
    look = looking.Look(home, found, domain, parts, bound, out.say)
    mover = Mover(owning, file, found.urls["admin"], out.say)
    call = Call(owning, file, look, mover, out, Heard(home, domain, parts.copies))
    with running.alone(home, "cutover"):
        call.settle()
        if close:
            call.close(dry_run=dry_run, sure=yes or out.as_json)
        else:
            toward = (NEW, LEGACY, NEW) if rehearse else (LEGACY if back else NEW,)
            call.run(toward, dry_run=dry_run)
