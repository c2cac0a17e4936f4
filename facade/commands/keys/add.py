"""`python -m facade keys add OWNER`: a new API key, which is shown once."""

import re
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from chassis.cli.output import Output, json_option
from facade.commands import BAD_INPUT
from facade.commands.keys.options import file_option, place_of
from facade.commands.options import routes_option
from facade.machines.apikeys import OWNER, SCOPE, BadKeyFile, changed, make

_DAYS = re.compile(r"([1-9][0-9]{0,4})d")


def end_of(text: str | None, now: float) -> float | None:
    """`90d`, or `2027-01-31`: the end of that day, UTC; in unix seconds. Raises BadParameter."""
    if text is None:
        return None
    if days := _DAYS.fullmatch(text):
        return now + int(days[1]) * 86_400.0
    try:
        day = date.fromisoformat(text) + timedelta(days=1)
        ends = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
    except (ValueError, OverflowError):
        raise click.BadParameter(f"expected 90d or 2027-01-31, not '{text}'") from None
    if ends <= now:
        raise click.BadParameter(f"{text} is over")
    return ends


@click.command()
@click.argument("owner")
@click.option("--scope", "scopes", multiple=True, envvar="FACADE_KEYS_SCOPE",
              help="What its owner may, such as orders:read; may be repeated.")  # fmt: skip
@click.option(
    "--ends",
    metavar="90d|DATE",
    envvar="FACADE_KEYS_ENDS",
    help="How long, or through which day (UTC), it is valid.  [default: until it is ended]",
)
@routes_option
@file_option
@json_option("FACADE_KEYS_JSON")
def add(
    owner: str, scopes: tuple[str, ...], ends: str | None, routes: Path, file: Path | None,
    out: Output,
) -> None:  # fmt: skip
    """Make an API key for OWNER and print it: this once, for only its digest is kept.

    A facade that runs by the file knows the key within a second. Exit code 0: done; 2: bad input.
    """
    if not re.fullmatch(OWNER, owner):
        raise click.BadParameter(f"an owner is a name or an e-mail address, not '{owner}'")
    for scope in scopes:
        if not re.fullmatch(SCOPE, scope):
            raise click.BadParameter(f"a scope is a word without blanks and quotes, not '{scope}'")
    now = time.time()
    key, text = make(owner, scopes, now, end_of(ends, now))
    place = place_of(file, routes, out)
    try:
        with changed(place) as keys:
            keys[key.id] = key
    except (BadKeyFile, OSError) as error:
        out.fail(f"{place}: {error}", BAD_INPUT)
    out.give({"ok": True, "id": key.id, "key": text, **key.as_json()}, text)
