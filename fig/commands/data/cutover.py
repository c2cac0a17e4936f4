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
              help="Only check, and say what stands against it.")  # fmt: skip
@click.option("--back", is_flag=True, envvar="FIG_CUTOVER_BACK",
              help="Make legacy the owner again.")  # fmt: skip
@click.option("--close", is_flag=True, envvar="FIG_CUTOVER_CLOSE",
              help="End the window: legacy is not kept current any more.")  # fmt: skip
@click.option("--rehearse", is_flag=True, envvar="FIG_CUTOVER_REHEARSE",
              help="There, back, and there again.")  # fmt: skip
@click.option("--bound", default="1%", show_default=True, metavar="PERCENT", callback=percent,
              envvar="FIG_CUTOVER_BOUND",
              help="The share of wrong answers that the comparison must exclude.")  # fmt: skip
@click.option("--yes", is_flag=True, envvar="FIG_CUTOVER_YES",
              help="Close the window without asking.")  # fmt: skip
@json_option("FIG_CUTOVER_JSON")
@click.pass_obj
def cutover(
    home: Home, domain: str, dry_run: bool, back: bool, close: bool, rehearse: bool, bound: float,
    yes: bool, out: Output,
) -> None:  # fmt: skip
    """Make the new side the owner of DOMAIN: goods, orders or accounts.

    Everything is checked first. Then writes wait for a moment, legacy is fenced in its database,
    and they go on with the new owner. What fails before the switch leaves legacy the owner. Killed
    at any instant, the service ends the attempt, and the next call mends the route file.

    Exit code 0: done; 1: refused, or it did not come about; 2: a wrong call.
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
