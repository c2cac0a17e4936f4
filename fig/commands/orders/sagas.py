"""`fig sagas`: the sagas of all services that have not ended, or that need a person."""

import time
from collections.abc import Mapping
from operator import itemgetter
from typing import Any

import click

from chassis.cli.output import Output, json_option
from chassis.cli.tables import duration, table
from fig.clients import services
from fig.errors import NEGATIVE
from fig.settings import Home

HEAD = ("saga", "kind", "phase", "step", "attempts", "age", "why")


@click.command()
@click.option("--stuck", is_flag=True, envvar="FIG_SAGAS_STUCK",
              help="Only sagas that are parked, or open for longer than usual.")  # fmt: skip
@click.option("--phase", default="", envvar="FIG_SAGAS_PHASE",
              help="Only sagas in these phases, such as `parked,undone`."
                   "  [default: all that have not ended]")  # fmt: skip
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True,
              envvar="FIG_SAGAS_LIMIT", help="At most this many sagas.")  # fmt: skip
@click.option("--orders", "address", envvar="FIG_ORDERS",
              help="URL of one service.  [default: all services of the running stack with sagas]",
              )  # fmt: skip
@json_option("FIG_SAGAS_JSON")
@click.pass_obj
def sagas(
    home: Home, stuck: bool, phase: str, limit: int, address: str | None, out: Output
) -> None:
    """List sagas, the oldest first.

    Exit code 0: none is stuck; 1: some are, or a service does not answer; 2: a wrong call.
    """
    names = ["orders"] if address else list(services.WITH_SAGAS)
    query = {"phase": phase, "limit": str(limit), "stuck": str(stuck).lower()}
    answers = [
        services.ask("GET", services.address(home, name, address), "/sagas", query)
        for name in names
    ]
    lines = sorted((line for each in answers for line in each["sagas"]), key=itemgetter("created"))
    found = {"now": max(each["now"] for each in answers), "sagas": lines[:limit]}
    out.give(found, lambda: text(found["sagas"], time.time()))
    if any(one["stuck"] for one in found["sagas"]):
        raise SystemExit(NEGATIVE)


def text(found: list[Mapping[str, Any]], now: float) -> str:
    if not found:
        return "no saga is open, and none waits for a person"
    rows = [
        (
            *(one["id"], one["kind"], one["phase"], one["step"], one["attempts"]),
            *(duration(now - one["created"]), one["reason"]),
        )
        for one in found
    ]
    return table(HEAD, rows)
