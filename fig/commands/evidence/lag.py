"""`fig lag`: how far each read model is behind the monolith, now and over the last minute."""

import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

import click

from chassis.cli.output import Output, json_option
from chassis.cli.tables import table
from fig.clients import admin, monolith, running
from fig.commands.options import admin_option
from fig.errors import NEGATIVE
from fig.settings import Home

BARS = "▁▂▃▄▅▆▇█"
SILENT = "·"  # not reported
WIDTH = 60
EVERY_SECONDS = 1.0
HEAD = ("read model", "behind", "worst", "last minute", "")


@click.command()
@click.option("--watch", is_flag=True, envvar="FIG_LAG_WATCH", help="Repeat every second.")
@admin_option
@json_option("FIG_LAG_JSON")
@click.pass_obj
def lag(home: Home, watch: bool, address: str | None, out: Output) -> None:
    """Show how far each read model is behind the monolith, in milliseconds.

    Exit code 0: every read model reports; 1: one does not.
    """
    base = running.admin_url(home, address)
    alone = monolith.gone(home) if address is None else ""
    while True:
        found: dict[str, Any] = admin.get(base, "/api/status")["lag"]
        out.give(found, f"{alone}; no read model is behind it" if alone else text(found))
        if alone or not watch:
            break
        sys.stdout.flush()
        time.sleep(EVERY_SECONDS)
    if not alone and any(one["seconds"] is None for one in found.values()):
        raise SystemExit(NEGATIVE)


def text(found: Mapping[str, Any]) -> str:
    """A row for each read model."""
    if not found:
        return "no read model reports a watermark"
    rows = [
        (name, _span(one["seconds"]), _span(worst(one["history"])), chart(one["history"]),
         one["reason"])
        for name, one in found.items()
    ]  # fmt: skip
    return table(HEAD, rows)


def worst(history: Sequence[float | None]) -> float | None:
    """The greatest measured value."""
    return max((one for one in history if one is not None), default=None)


def chart(history: Sequence[float | None], width: int = WIDTH) -> str:
    """A bar for each value; a full bar is the worst one, and at least 100 ms."""
    shown = list(history)[-width:]
    top = max(worst(shown) or 0.0, 0.1)
    return "".join(SILENT if one is None else BARS[round(one / top * 7)] for one in shown)


def _span(seconds: float | None) -> str:
    if seconds is None:
        return "unknown"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
