"""`fig farewell`: the monolith ends, its database is archived and dropped."""

from pathlib import Path

import click

from chassis.cli.output import Output, json_option
from fig.clients import access, running
from fig.errors import NEGATIVE, BadSetting
from fig.farewell import archive, checks, looking, report
from fig.farewell.archive import Server
from fig.farewell.calling import DATABASE, Farewell, InDatabase
from fig.farewell.record import Record
from fig.farewell.steps import Step, take
from fig.settings import Home
from fig.stack.addresses import database_url
from fig.stack.engines import postgres
from fig.supervise.state import StackState


@click.command()
@click.option("--dry-run", is_flag=True, envvar="FIG_FAREWELL_DRY_RUN",
              help="Only say what it would do, and what prevents it.")  # fmt: skip
@click.option("--archive", "path", type=click.Path(path_type=Path, dir_okay=False),
              envvar="FIG_FAREWELL_ARCHIVE", metavar="PATH",
              help="The file to write.  [default: archive/legacy.dump in the data folder]",
              )  # fmt: skip
@click.option("--yes", is_flag=True, envvar="FIG_FAREWELL_YES", help="Do not ask for confirmation.")
@json_option("FIG_FAREWELL_JSON")
@click.pass_obj
def farewell(home: Home, dry_run: bool, path: Path | None, yes: bool, out: Output) -> None:
    """Stop the monolith for good, archive its database, test the archive, and drop the database.

    Allowed when every route is retired and every window closed. Nothing is dropped before the
    archive has been restored once and compared. If it is killed at any step, call it again: it
    continues with the step that is missing.

    Exit code 0: done, or the dry run found nothing that prevents it; 1: refused, or a step failed;
    2: a wrong call.
    """
    found = running.require(home)
    with running.alone(home, "farewell"):
        record = Record(home.folder / "farewell.json")
        target = _target(home, path, record)
        call = _call(home, found, target, record)
        steps = call.steps()
        if dry_run or any(record.done(step.name) is None for step in steps):
            _ask(call, steps, dry_run=dry_run, sure=yes, out=out)
        if not dry_run:
            _take(steps, record, out)


def _call(home: Home, found: StackState, target: Path, record: Record) -> Farewell:
    url = database_url(access.place(home, found), postgres.SUPERUSER)
    server = Server(url, postgres.binaries(found.order.get("postgres_bin") or None))
    return Farewell(home, found, InDatabase(server, DATABASE, target, record))


def _ask(
    call: Farewell, steps: tuple[Step, ...], *, dry_run: bool, sure: bool, out: Output
) -> None:
    """Check, and ask once; exits where something prevents the farewell."""
    inside = call.inside
    looked = looking.look(call.home, call.found, inside.server, inside.path, inside.record)
    objections = checks.against(looked)
    if objections:
        plain = [one.plain for one in objections]
        out.refuse({"dry_run": dry_run, "objections": plain}, report.refused(objections))
        raise SystemExit(NEGATIVE)
    most = "" if looked.size is None else f"; legacy's database has {report.size(looked.size)}"
    left = report.left(steps, inside.record)
    if dry_run:
        document = report.planned(steps, inside.record, str(inside.path), looked.size)
        out.give(document, f"nothing prevents it{most}. `fig farewell` would\n{left}")
        return
    if not sure and out.as_json:
        out.fail("a farewell cannot be undone: confirm it with --yes", NEGATIVE)
    if not sure:
        click.confirm(f"{report.NO_WAY_BACK.format(steps=left)}\nGo on?", abort=True)


def _take(steps: tuple[Step, ...], record: Record, out: Output) -> None:
    found = []
    for one in take(steps, record):
        out.say(report.taken(one))
        found.append(one)
    document = report.done(found, record)
    out.give(document, f"the monolith is gone; its archive: {document['archive']['path']}")


def _target(home: Home, given: Path | None, record: Record) -> Path:
    """The archive's path, made or to be made. Raises BadSetting."""
    noted = record.done("archive")
    wanted = (given or home.folder / "archive" / "legacy.dump").absolute()
    if noted is not None:
        there = Path(noted["path"])
        if given is not None and wanted != there:
            raise BadSetting(f"the archive is made already, in {there}: leave --archive out")
        return there
    if given is not None and not wanted.parent.is_dir():
        raise BadSetting(f"--archive: there is no folder {wanted.parent}; create it first")
    if archive.foreign(wanted):
        raise BadSetting(f"{wanted} exists and is no archive of ours: name another by --archive")
    return wanted
