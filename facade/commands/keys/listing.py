"""`python -m facade keys list`: the API keys, without their secrets."""

import time
from pathlib import Path

import click

from chassis.cli.output import Output, json_option
from chassis.cli.tables import table
from facade.commands import BAD_INPUT
from facade.commands.keys.options import file_option, place_of
from facade.commands.options import routes_option
from facade.machines.apikeys import ApiKey, BadKeyFile, read_keys

_HEAD = ("id", "owner", "scopes", "made", "ends", "")


@click.command("list")
@routes_option
@file_option
@json_option("FACADE_KEYS_JSON")
def listing(routes: Path, file: Path | None, out: Output) -> None:
    """List the API keys: whose, what they may, until when. Exit code 0: done; 2: bad input."""
    place, now = place_of(file, routes, out), time.time()
    try:
        keys = read_keys(place.read_bytes()) if place.exists() else {}
    except (BadKeyFile, OSError) as error:
        out.fail(f"{place}: {error}", BAD_INPUT)
    found = [{"id": key.id, **key.as_json(), "valid": _valid(key, now)} for key in keys.values()]
    for one in found:
        del one["sha256"]
    rows = [_row(key, now) for key in keys.values()]
    out.give({"ok": True, "keys": found}, lambda: table(_HEAD, rows) if rows else "no keys")


def _valid(key: ApiKey, now: float) -> bool:
    return key.ends is None or key.ends > now


def _row(key: ApiKey, now: float) -> tuple[str, ...]:
    written = key.as_json()
    state = "" if _valid(key, now) else "ended"
    scopes = " ".join(key.scopes)
    return key.id, key.owner, scopes, written["made"][:10], (written["ends"] or "")[:16], state
