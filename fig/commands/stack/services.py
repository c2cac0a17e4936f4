"""`fig services`: the instances in the registry, and whether each is ready."""

import asyncio
from collections.abc import Sequence
from typing import Any

import click
import orjson

from chassis.cli.output import Output, json_option
from chassis.cli.tables import table
from chassis.events.bus import BusErrors
from chassis.registry import announcing as registry
from fig.clients import access
from fig.clients import services as asking
from fig.clients.deadletters import connected
from fig.errors import NEGATIVE, FigError
from fig.settings import Home

HEAD = ("service", "address", "instance", "version", "since", "")


@click.command()
@click.option("--nats", "url", envvar="FIG_NATS_URL",
              help="URL of a bus.  [default: of the running stack]")  # fmt: skip
@json_option("FIG_SERVICES_JSON")
@click.pass_obj
def services(home: Home, url: str | None, out: Output) -> None:
    """List the service instances in the registry, and ask each whether it is ready.

    A killed instance stays listed until its entry expires, about ten seconds later.
    Exit code 0: all are ready; 1: one is not ready, or there is none, or the bus does not answer.
    """
    found = asyncio.run(_listed(url or access.bus(home)))
    for one in found:
        one["reason"] = _why_not(one["url"])
    out.give({"instances": found}, lambda: text(found))
    if not found or any(one["reason"] is not None for one in found):
        raise SystemExit(NEGATIVE)


def text(found: Sequence[dict[str, Any]]) -> str:
    if not found:
        return "no service is in the registry"
    rows = [
        (
            *(one["service"], one["url"], one["instance"], one.get("version", "")),
            *(one["started"], one["reason"] or "ready"),
        )
        for one in found
    ]
    return table(HEAD, rows)


async def _listed(url: str) -> list[dict[str, Any]]:
    async with connected(url) as client:
        try:
            entries = await registry.entries(client)
        except BusErrors as error:
            said = f"the registry does not answer: {error or type(error).__name__}"
            raise FigError(f"{said}; `fig status` shows what runs") from error
    found = [dict(orjson.loads(entry)) for entry in entries.values()]
    return sorted(found, key=lambda one: (one["service"], one["url"]))


def _why_not(url: str) -> str | None:
    """None: it is ready."""
    try:
        asking.ask("GET", url, "/readyz")
    except FigError as error:
        return str(error)
    return None
