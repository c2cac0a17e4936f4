"""`fig journal [verify]`: who moved what, when and why; and whether that was tampered with."""

from pathlib import Path
from typing import Any

import click

from chassis.cli.output import Output, json_option
from facade.commands import REFUSED
from facade.commands.announcing import admin_option
from facade.commands.moving.asking import ask
from facade.journal.folder import checked, latest
from facade.journal.text import lines


@click.command()
@click.argument("what", required=False, type=click.Choice(["verify"]))
@click.option("--route", envvar="FACADE_JOURNAL_ROUTE", help="Only entries of this route.")
@click.option("--limit", type=click.IntRange(1), default=30, show_default=True,
              envvar="FACADE_JOURNAL_LIMIT", help="The last so many entries.")  # fmt: skip
@click.option("--folder", type=click.Path(path_type=Path, exists=True, file_okay=False),
              envvar="FACADE_JOURNAL_FOLDER",
              help="Read this folder, without a running facade.")  # fmt: skip
@admin_option
@json_option("FACADE_JOURNAL_JSON")
def journal(
    what: str | None, route: str | None, limit: int, folder: Path | None, admin: str, out: Output
) -> None:
    """Show the journal of all moves, or `verify` that it is as it was written.

    Exit code 0: shown, or all is well; 1: entries were altered, dropped or reordered; 2: bad input.
    """
    if what == "verify":
        _verify(out, admin, folder)
        return
    found = _read(out, admin, folder, route, limit)
    out.give({"entries": found}, lambda: lines(found) or "the journal has no entry")


def _read(
    out: Output, admin: str, folder: Path | None, route: str | None, limit: int
) -> list[dict[str, Any]]:
    if folder is None:
        asked = ask(out, admin, "/api/journal", {"route": route, "limit": str(limit)})
        entries: list[dict[str, Any]] = asked["entries"]
        return entries
    return latest(folder, route, limit)


def _verify(out: Output, admin: str, folder: Path | None) -> None:
    found = checked(folder) if folder else ask(out, admin, "/api/journal/verify", {})
    if found["ok"]:
        out.give(found, f"all {found['entries']} entries are as they were written")
        return
    out.refuse(found, "\n".join(found["problems"]))
    raise SystemExit(REFUSED)
