"""`python -m facade calibrate`: compare legacy with itself, through a facade of its own."""

import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from chassis.cli.calls import NoAnswer
from chassis.cli.options import as_url
from chassis.cli.output import Output, json_option
from chassis.process.children import last_line
from facade.commands import BAD_INPUT, REFUSED
from facade.commands.options import routes_option, url
from facade.replay.calibration import listening, watching
from facade.replay.calibration.reference import Reference, ReferenceFailed, reference, traffic
from facade.replay.calibration.result import Result
from facade.replay.calibration.routefile import NothingToCompare, reference_file
from facade.replay.calibration.watching import CutShort, Goal, World
from facade.routes.config.routefile import LEGACY
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import load_path


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    command: tuple[str, ...]
    routes: Path
    legacy: str | None
    listen: str | None
    pairs: int
    within: float
    learn: float
    hand_to: str | None
    every_read: bool


@click.command(context_settings={"allow_interspersed_args": False})
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
@click.option("--pairs", type=click.IntRange(1), default=10_000, show_default=True,
              envvar="FACADE_CALIBRATE_PAIRS", help="How many pairs to compare.")  # fmt: skip
@click.option("--within", type=click.FloatRange(1), default=900.0, show_default=True,
              envvar="FACADE_CALIBRATE_WITHIN", help="Seconds to count for, at most.")  # fmt: skip
@click.option("--learn", type=click.FloatRange(1), default=90.0, show_default=True,
              envvar="FACADE_CALIBRATE_LEARN", help="Seconds to learn noise, at most.")  # fmt: skip
@click.option("--hand-to", metavar="ADDRESS", callback=as_url, envvar="FACADE_CALIBRATE_HAND_TO",
              help="Give the noise learned to the facade with this admin port.")  # fmt: skip
@click.option("--legacy", callback=url, envvar="FACADE_CALIBRATE_LEGACY",
              help="URL of legacy.  [default: the route file's]")  # fmt: skip
@click.option("--listen", envvar="FACADE_CALIBRATE_LISTEN",
              help="HOST:PORT of this reference facade.  [default: a free port]")  # fmt: skip
@click.option("--every-read", is_flag=True, envvar="FACADE_CALIBRATE_EVERY_READ",
              help="All routes that only read, not only those with a `compare`.")  # fmt: skip
@routes_option
@json_option("FACADE_CALIBRATE_JSON")
def calibrate(out: Output, **given: Any) -> None:
    """Send traffic through a facade that asks legacy on both sides, and count differences.

    COMMAND sends it ({url} is the address of that facade); without one, send it there yourself.
    Exit code 0: enough pairs, none differs; 1: some do, or too few came; 2: a wrong call or file.
    """
    try:
        result = _run(Options(**given), out.say)
    except (RouteFileError, NothingToCompare) as error:
        out.fail(str(error), BAD_INPUT)
    except (ReferenceFailed, CutShort, NoAnswer) as error:
        out.fail(str(error), REFUSED)
    out.give(result.as_json(), result.text)
    if not result.good:
        raise SystemExit(REFUSED)


def _run(options: Options, say: Any) -> Result:
    loaded = load_path(options.routes)
    known = loaded.file.upstreams.get(LEGACY)
    legacy = options.legacy or (known.urls[0] if known and known.urls else None)
    if legacy is None:
        raise NothingToCompare("no address of legacy is known; give --legacy URL")
    text = reference_file(options.routes.read_bytes(), loaded.file, legacy, options.every_read)
    with tempfile.TemporaryDirectory(prefix="fig-traffic-") as folder:
        log = Path(folder) / "traffic.log"
        with reference(text, options.listen, os.environ) as opened:
            say(f"reference facade: {opened.clients}, legacy on both sides: {legacy}")
            with traffic(options.command, opened.clients, log) as running:
                world = World(
                    look=lambda: _look(opened, running, log),
                    reset=lambda: listening.reset(opened.admin),
                    clock=time.monotonic,
                    sleep=time.sleep,
                    say=say,
                )
                goal = Goal(options.pairs, options.learn, options.within)
                result = watching.calibrate(goal, world)
            if options.hand_to is not None and result.good:
                taken = listening.hand_over(opened.admin, options.hand_to)
                say(f"noise handed to {options.hand_to}: {', '.join(taken) or 'nothing new'}")
            return result


def _look(opened: Reference, running: Any, log: Path) -> dict[str, Any]:
    if not running():
        raise CutShort(f"the traffic ended too early: {last_line(log)}")
    return listening.comparison(opened.admin)
