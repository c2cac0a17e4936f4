"""`fig events`: a consumer of events that stopped because some are gone, and the way on."""

import click

from chassis.cli.output import Output, json_option
from fig.clients import services
from fig.errors import NEGATIVE
from fig.settings import Home

CONSUMERS = ("catalog", "inventory", "notifications", "orders", "sales")


@click.command()
@click.argument("action", type=click.Choice(["list", "go-on"]), default="list", required=False)
@click.argument("consumer", type=click.Choice(CONSUMERS), required=False)
@click.option(
    "--service",
    "base",
    envvar="FIG_EVENTS_SERVICE",
    help="URL of the consumer.  [default: of the running stack]",
)
@json_option("FIG_EVENTS_JSON")
@click.pass_obj
def events(home: Home, action: str, consumer: str | None, base: str | None, out: Output) -> None:
    """List consumers that have stopped, or let one go on after a gap.

    A consumer that was down for longer than the stream keeps events stops when it is back, because
    it missed some. Make up for the missed events (orders placed and cancelled since), then let the
    consumer go on with those that are left.

    Exit code 0: all take events, or it goes on; 1: one has stopped; 2: a wrong call.
    """
    if action == "go-on":
        if consumer is None:
            raise click.UsageError(f"name the consumer: `fig events go-on {'|'.join(CONSUMERS)}`")
        found = services.ask("POST", services.address(home, consumer, base), "/events/go-on")
        out.give(found, lambda: said(found))
        return
    stopped = {}
    for name in (consumer,) if consumer else CONSUMERS:
        found = services.ask("GET", services.address(home, name, base), "/events")
        if found["stopped"]:
            stopped[name] = found["stopped"]
    out.give({"stopped": stopped}, lambda: "\n".join(stopped.values()) or "all take events")
    if stopped:
        raise SystemExit(NEGATIVE)


def said(found: dict[str, object]) -> str:
    """The outcome in words."""
    if found["moved"]:
        return f"{found['consumer']} goes on with the events that are left"
    return f"{found['consumer']} misses none: nothing was changed"
