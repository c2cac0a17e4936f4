"""`python -m facade replay FILE…`: ask recorded questions again, and compare the answers."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click

from chassis.cli.output import Output, json_option
from facade.commands import BAD_INPUT, REFUSED
from facade.commands.options import Pairs, environment_option, pairs, routes_option
from facade.replay.asking.asker import HttpAsker
from facade.replay.asking.engine import Outcomes, Replay, Setting
from facade.replay.asking.pacing import Pace
from facade.replay.asking.sandbox import NoSandbox, declared
from facade.replay.asking.selecting import Against, Selection
from facade.replay.asking.targets import Targets, targets
from facade.replay.formats import reading
from facade.replay.formats.reading import NothingToRead
from facade.replay.judging import Judge
from facade.replay.junit import junit
from facade.replay.report import Report
from facade.routes.config.routefile import LEGACY, RouteFile
from facade.routes.file.problems import RouteFileError, unknown
from facade.routes.file.reading import load_path
from facade.routes.table import compile_table
from facade.sidecar import environment
from facade.sidecar.environment import NoEnvironment


class Refused(Exception):
    """The replay is not begun; the message says why."""


def speed(_context: click.Context, _option: click.Parameter, value: str | None) -> float | None:
    """`2x`, `0.5`; a usage error (exit 2) otherwise."""
    if value is None:
        return None
    try:
        found = float(value.removesuffix("x"))
    except ValueError:
        found = 0.0
    if not 0.001 <= found <= 10_000:
        raise click.BadParameter(f"expected a speed such as 2x or 0.5x, not '{value}'")
    return found


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    files: tuple[Path, ...]
    against: Against
    only: tuple[str, ...]
    speed: float | None
    rate: float
    concurrency: int
    timeout: float
    cookies: Pairs
    upstreams: Pairs
    legacy: str | None
    new: str | None
    sandbox: Path | None
    routes: Path
    runtime: Path | None
    venv: Path
    hosts: tuple[str, ...]


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--against", type=click.Choice([one.value for one in Against]), default="both",
              show_default=True, envvar="FACADE_REPLAY_AGAINST",
              help="Compare both sides, or one with the recording.")  # fmt: skip
@click.option("--only", multiple=True, metavar="ROUTE", envvar="FACADE_REPLAY_ONLY",
              help="This route only; may be repeated.")  # fmt: skip
@click.option("--speed", callback=speed, envvar="FACADE_REPLAY_SPEED",
              help="In the recorded rhythm, at 2x or 0.5x.  [default: at once]")  # fmt: skip
@click.option("--rate", type=click.FloatRange(0.1), default=500.0, show_default=True,
              envvar="FACADE_REPLAY_RATE", help="Questions per second at most.")  # fmt: skip
@click.option("--concurrency", type=click.IntRange(1, 256), default=8, show_default=True,
              envvar="FACADE_REPLAY_CONCURRENCY", help="Questions under way at most.")  # fmt: skip
@click.option("--timeout", type=click.FloatRange(0.1), default=30.0, show_default=True,
              envvar="FACADE_REPLAY_TIMEOUT", help="Seconds to wait for an answer.")  # fmt: skip
@click.option("--cookie", "cookies", multiple=True, callback=pairs("="),
              envvar="FACADE_REPLAY_COOKIE",
              help="NAME=VALUE in place of a recorded cookie of that name.")  # fmt: skip
@click.option("--upstream", "upstreams", multiple=True, callback=pairs("="),
              envvar="FACADE_REPLAY_UPSTREAM",
              help="NAME=URL instead of the route file's; may be repeated.")  # fmt: skip
@click.option("--legacy", envvar="FACADE_REPLAY_LEGACY", help="URL of legacy.")
@click.option("--new", envvar="FACADE_REPLAY_NEW",
              help="URL of the new side, for every route.")  # fmt: skip
@click.option("--host", "hosts", multiple=True, envvar="FACADE_REPLAY_HOST",
              help="Of HAR files: the application's own host, beside that of the first page; may be"
              " repeated.")  # fmt: skip
@click.option("--sandbox", type=click.Path(path_type=Path), envvar="FACADE_REPLAY_SANDBOX",
              help="Send recorded writes too: a file in which a person declares the target a"
              " sandbox.")  # fmt: skip
@click.option("--junit", "junit_file", type=click.Path(path_type=Path, dir_okay=False),
              envvar="FACADE_REPLAY_JUNIT", help="Also write the result as JUnit XML.")  # fmt: skip
@click.option("--runtime", type=click.Path(path_type=Path), envvar="FACADE_RUNTIME",
              help="The facade's folder, for the addresses of services.")  # fmt: skip
@environment_option
@routes_option
@json_option("FACADE_REPLAY_JSON")
def replay(junit_file: Path | None, out: Output, against: str, **given: Any) -> None:
    """Ask what was recorded again, and compare the answers by the route file's rules.

    FILES are flow files of `sidecar record`, HAR files, or folders of them. The last line says
    how many answers this change alters. Exit code 0: only expected ones; 1: others too, or
    nothing was compared; 2: a wrong call, file or setting.
    """
    options = Options(against=Against(against), **given)
    try:
        report = _run(options)
    except (RouteFileError, NothingToRead, NoSandbox, Refused) as error:
        out.fail(str(error), BAD_INPUT)
    except NoEnvironment as error:
        out.fail(str(error), REFUSED)
    if junit_file is not None:
        junit_file.write_text(junit(report), encoding="utf-8")
    out.give(report.as_json(), report.text)
    if not report.good:
        raise SystemExit(REFUSED)


def _run(options: Options) -> Report:
    file = load_path(options.routes).file
    known = {route.name for route in file.routes}
    for name in options.only:
        if name not in known:
            raise Refused(f"--only: {unknown('route', name, known)}")
    where = targets(file, options.runtime, _addresses(options, file), options.new)
    _check(options, where)
    paths = reading.files(options.files)
    judge = Judge(compile_table(file), options.against, date.today())  # noqa: DTZ011 - days on the wall
    writes = options.sandbox is not None
    setting = Setting(
        targets=where,
        selection=Selection(options.against, frozenset(options.only), writes),
        judge=judge,
        pace=Pace(options.speed, options.rate),
        concurrency=1 if writes else options.concurrency,  # a write counts for what comes after it
        cookies=dict(options.cookies),
    )
    outcomes = asyncio.run(_replay(setting, options, paths))
    return Report(options.against, outcomes, judge.evidence)


async def _replay(setting: Setting, options: Options, paths: list[Path]) -> Outcomes:
    hosts = [host.lower() for host in options.hosts]
    recorded = reading.exchanges(paths, lambda: environment.ensure(options.venv.absolute()), hosts)
    asker = HttpAsker(2 * setting.concurrency, options.timeout)
    try:
        return await Replay(setting, asker).run(recorded)
    finally:
        await asker.close()


def _addresses(options: Options, file: RouteFile) -> Mapping[str, tuple[str, ...]]:
    for name, _ in options.upstreams:
        if name not in file.upstreams:
            raise Refused(f"--upstream: {unknown('upstream', name, file.upstreams)}")
    own = {LEGACY: (options.legacy,)} if options.legacy else {}
    return {**own, **{name: tuple(urls.split(",")) for name, urls in options.upstreams}}


def _check(options: Options, where: Targets) -> None:
    """There must be an address to ask, and for writes a sandbox."""
    if options.against is not Against.NEW and not where.legacy:
        raise Refused("no address of legacy is known; give --legacy URL")
    if options.sandbox is None:
        return
    if options.against is Against.BOTH:
        raise Refused(
            "recorded writes go to one side only: --against legacy or --against new,"
            " or both sides would apply each of them"
        )
    sandbox = declared(options.sandbox, date.today())  # noqa: DTZ011 - days on the wall
    if options.against is Against.LEGACY:
        sandbox.require(where.legacy)
        return
    named = [name for name in where.upstreams if name != LEGACY]
    sandbox.require(where.new_for_all or [url for name in named for url in where.upstreams[name]])
