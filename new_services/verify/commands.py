"""The command line: verify, repair. Progress goes to stderr, the answer to stdout."""

import asyncio
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import click

from chassis.cli.output import Output, json_option
from chassis.process.settings import load
from new_services.verify import report, verification
from new_services.verify.freshness import NotFresh
from new_services.verify.repair import repair as mending
from new_services.verify.repair import report as repair_report
from new_services.verify.repair.journal import Entry, Journal, NoSuchRepair
from new_services.verify.repair.plan import Plan
from new_services.verify.rows.relations import Incomparable
from new_services.verify.settings import NoMonolith, VerifySettings

DIFFER, NO_VERDICT = 1, 2
NoVerdict = (
    NotFresh,
    Incomparable,
    NoSuchRepair,
    verification.NothingToVerify,
    NoMonolith,
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
)
Result = TypeVar("Result")


@click.command()
@click.argument("services", nargs=-1)
@click.option("--deep", is_flag=True, help="All by the services' own code, in Python.")
@click.option("--alone", is_flag=True, help="Without the monolith: no row is compared.")
@json_option()
def verify(services: tuple[str, ...], deep: bool, alone: bool, out: Output) -> None:
    """Compare SERVICES with legacy row by row, what clients read with the rows it is made of, and
    check the laws of stock, money and orders.

    Both modes check every row and document. By default the servers look, in SQL: rows by checksum,
    documents byte by byte; only what seems to differ is looked at in Python. With --deep every row
    goes through the projection's own conversions, and every document is made again by its service.
    """
    settings = load(VerifySettings)
    check = verification.verify_alone if alone else verification.verify
    found = _run(check(settings, _say(), deep=deep, only=services), out)
    out.give(report.as_json(found), lambda: report.as_text(found))
    if found.differences:
        sys.exit(DIFFER)
    sys.exit(NO_VERDICT if found.unsettled else 0)


@click.command()
@click.argument("services", nargs=-1)
@click.option("--apply", "write", is_flag=True, help="Write what is planned.")
@click.option("--undo", metavar="ID", help="Put back what stood there before a repair.")
@click.option("--list", "listed", is_flag=True, help="The repairs that were made.")
@json_option()
def repair(
    services: tuple[str, ...], write: bool, undo: str | None, listed: bool, out: Output
) -> None:
    """Plan how SERVICES become what legacy says, and with --apply make them so.

    What is derived of the rows (documents, levels, sums) is made again with them, also by --undo.
    """
    settings = load(VerifySettings)
    journal = Journal(Path(settings.journal))
    if listed:
        made = journal.entries()
        out.give(_as_json(repairs=made), lambda: repair_report.entries(made))
        return
    if undo is not None:
        outcome = _run(_undo(settings, undo, journal), out)
        out.give(
            {"undone": True, **_as_json(repairs=[outcome])},
            lambda: repair_report.outcomes([outcome], undone=True),
        )
        sys.exit(DIFFER if outcome.left_alone else 0)
    plans = _run(_plan(settings, services), out)
    if not write:
        out.give(_as_json(plans=plans), lambda: repair_report.plans(plans))
        sys.exit(0 if all(each.empty and not each.refused for each in plans) else DIFFER)
    outcomes = _run(_apply(settings, plans, journal), out)
    document = {"undone": False, **_as_json(repairs=outcomes)}
    out.give(document, lambda: repair_report.outcomes(outcomes))
    clean = not any(each.left_alone for each in outcomes) and not any(p.refused for p in plans)
    sys.exit(0 if clean else DIFFER)


def _as_json(**found: Sequence[Plan | mending.Outcome | Entry]) -> dict[str, object]:
    """For programs."""
    return {name: [asdict(each) for each in all_of_them] for name, all_of_them in found.items()}


async def _plan(settings: VerifySettings, services: tuple[str, ...]) -> list[Plan]:
    # The books are bound by laws that no row of a read model can mend.
    own = services or tuple(each.name for each in verification.configured(settings))
    found = await verification.verify(settings, _say(), only=own)
    return await mending.plan(settings, found)


async def _apply(
    settings: VerifySettings, plans: list[Plan], journal: Journal
) -> list[mending.Outcome]:
    return [await mending.apply(settings, each, journal) for each in plans if not each.empty]


async def _undo(settings: VerifySettings, name: str, journal: Journal) -> mending.Outcome:
    return await mending.undo(settings, journal.read(name), journal)


def _say() -> Callable[[str], None]:
    started = time.monotonic()

    def say(text: str) -> None:
        click.echo(f"verify: {time.monotonic() - started:5.1f} s  {text}", err=True)

    return say


def _run(work: Coroutine[Any, Any, Result], out: Output) -> Result:
    try:
        return asyncio.run(work)
    except NoVerdict as error:
        reason = str(error).strip() or type(error).__name__
        if out.as_json:
            out.give({"ok": None, "error": reason}, "")
        click.echo(f"verify: no verdict: {reason}", err=True)
        sys.exit(NO_VERDICT)
