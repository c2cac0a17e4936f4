"""`fig demo`: the whole migration under load, with the evidence at the end."""

import asyncio
import contextlib
import os
import platform
import signal
import sys
import time

import click
from rich.console import Console

from chassis.cli.output import Output, json_option
from fig.clients import running
from fig.demo.judge.record import Record
from fig.demo.judge.verdict import exit_code, judge
from fig.demo.report import report
from fig.demo.report.live import LiveView
from fig.demo.report.plain import PlainView
from fig.demo.script.pace import COMPARED, FAST, MOVED, NORMAL, OFTEN, Pace, pairs_for
from fig.demo.script.plan import ALL, UNDONE, acts
from fig.demo.script.routes import Wanted
from fig.demo.stage.admin import Admin
from fig.demo.stage.commands import Fig
from fig.demo.stage.real import RealWorld, Tools
from fig.demo.stage.runner import Runner
from fig.demo.stage.stack import OwnStack, RunningStack, Stack, refuse_if_running
from fig.demo.stage.world import DemoFailed, Watch
from fig.errors import FigError
from fig.settings import Home, project_root

CANCELLED = 130  # the exit code of Ctrl-C


@click.command()
@click.option("--fast", is_flag=True, envvar="FIG_DEMO_FAST",
              help="The same steps in less time, with wider bounds.")  # fmt: skip
@click.option("--use-running", is_flag=True, envvar="FIG_DEMO_USE_RUNNING",
              help="Play the first three acts on the running stack; its routes are restored.",
              )  # fmt: skip
@click.option("--plain", is_flag=True, envvar="FIG_DEMO_PLAIN",
              help="Print lines instead of a live display.")  # fmt: skip
@json_option("FIG_DEMO_JSON")
@click.option("--leave-fault", is_flag=True, envvar="FIG_DEMO_LEAVE_FAULT", hidden=True)
@click.pass_obj
def demo(
    home: Home, fast: bool, use_running: bool, plain: bool, leave_fault: bool, out: Output
) -> None:
    """Migrate the whole shop, act by act, from the monolith to new services under load.

    Exit code 0: every promise held; 1: one was broken, the last lines say which; 2: bad settings.
    """
    console = Console()
    live = LiveView(console) if console.is_terminal and not (plain or out.as_json) else None
    watch: Watch = live or PlainView(lambda line: click.echo(line, err=out.as_json))
    try:
        tools = _tools(home, FAST if fast else NORMAL, use_running, leave_fault, watch)
    except DemoFailed as failed:
        raise FigError(str(failed)) from failed
    record = _record(tools.pace)
    with live or contextlib.nullcontext():
        stopped = asyncio.run(_play(tools, record, watch, UNDONE if use_running else ALL))
    if stopped:
        click.echo("stopped; the demo left nothing running", err=True)
        sys.exit(CANCELLED)
    if not record.samples:  # the shop never opened: no promise was made
        error = FigError(record.broken)
        error.exit_code = tools.stack.exit_code
        raise error
    promises = judge(record)
    page = report.write(record, promises, home.folder / "reports")
    if out.as_json:
        out.give(report.document(record, promises, page), "")
    else:
        report.show(console, record, promises, page)
    sys.exit(exit_code(promises))


def _tools(home: Home, pace: Pace, use_running: bool, leave_fault: bool, watch: Watch) -> Tools:
    """Raises DemoFailed when a stack already runs here."""
    stack: Stack
    if use_running:
        found = running.require(home)
        fig = Fig(project_root(), home.folder)
        stack = RunningStack(fig, found, MOVED, Admin(found.urls["admin"]))
    else:
        shop = Home(home.folder / "demo" / "shop")
        refuse_if_running(home)
        refuse_if_running(shop)
        fig = Fig(project_root(), shop.folder)
        source = project_root() / "routes.yaml"
        promote = {name: bounds.written for name, bounds in pace.promote.items()}
        wanted = Wanted(MOVED, COMPARED, promote, pace.breaker, often=OFTEN)
        stack = OwnStack(fig, shop, source, wanted, watch.event)
    return Tools(fig, stack, home.folder / "demo", pace, leave_fault)


def _record(pace: Pace) -> Record:
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    return Record(pace.name, time.time(), pairs_for(pace.products.new), machine=machine)


async def _play(tools: Tools, record: Record, watch: Watch, until: int) -> bool:
    """The whole run; True when a signal stopped it. Leaves nothing running either way."""
    world = RealWorld(tools, COMPARED)
    runner = Runner(world, record, watch)
    playing = asyncio.create_task(runner.run(acts(tools.pace, until)))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, playing.cancel)
    try:
        await playing
    except asyncio.CancelledError:
        return True
    finally:
        watch.begin("Cleaning up", "stopping what the demo started")
        await world.close()
    return False
