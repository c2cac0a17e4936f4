"""`python -m facade init --legacy URL`: write a first route file from what can be seen."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import click

from chassis.cli.output import Output, json_option
from chassis.process.files import write_whole
from facade.commands import BAD_INPUT, REFUSED
from facade.commands.options import environment_option, seconds, url
from facade.draft import application, candidates, session, text, traffic, watching
from facade.draft.application import NoApplication, UrlMap
from facade.draft.seen import Seen, counted
from facade.draft.traffic import NothingSeen
from facade.draft.watching import CannotWatch
from facade.routes.file.kinds.quantities import Duration
from facade.routes.file.kinds.values import Url, Wrong
from facade.routes.file.reading import load
from facade.sidecar import environment
from facade.sidecar.environment import NoEnvironment


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said, and then what was answered."""

    legacy: str
    new: str | None
    files: tuple[Path, ...]
    watch: float | None
    app: str | None
    python: str
    listen: str
    output: Path
    overwrite: bool
    venv: Path


class Refused(Exception):
    """The file is not written; the message says why."""


def _interpreter() -> str:
    """Of the environment that the shell has activated, else our own."""
    active = os.environ.get("VIRTUAL_ENV")
    own = Path(active) / "bin" / "python" if active else Path(sys.executable)
    return str(own) if own.exists() else sys.executable


@click.command()
@click.option("--legacy", required=True, callback=url, envvar="FACADE_INIT_LEGACY",
              help="The monolith's address, such as http://127.0.0.1:5000.")  # fmt: skip
@click.option("--new", callback=url, envvar="FACADE_INIT_NEW",
              help="The address of what shall replace it, where there is one.")  # fmt: skip
@click.option("--from", "files", multiple=True, type=click.Path(path_type=Path),
              envvar="FACADE_INIT_FROM", metavar="FILE",
              help="Traffic to look at: an access log, a HAR file, a .flows file of the sidecar;"
              " may be repeated.")  # fmt: skip
@click.option("--watch", callback=seconds, envvar="FACADE_INIT_WATCH", metavar="TIME",
              help="Stand in front of the monolith for so long, such as 60s.")  # fmt: skip
@click.option("--listen", default="127.0.0.1:8080", show_default=True,
              envvar="FACADE_INIT_LISTEN", help="HOST:PORT for --watch.")  # fmt: skip
@click.option("--app", envvar="FACADE_INIT_APP", metavar="MODULE:APP",
              help="A Flask application whose URL map is read.")  # fmt: skip
@click.option("--python", default=_interpreter, envvar="FACADE_INIT_PYTHON",
              help="The interpreter that can import --app.  [default: of the active"
              " environment]")  # fmt: skip
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False),
              default=Path("routes.yaml"), show_default=True, envvar="FACADE_INIT_OUTPUT",
              help="The file to write.")  # fmt: skip
@click.option("--overwrite", is_flag=True, envvar="FACADE_INIT_OVERWRITE",
              help="Replace the file where there is one.")  # fmt: skip
@environment_option
@click.option("--yes", "-y", is_flag=True, envvar="FACADE_INIT_YES", help="Ask nothing.")
@json_option("FACADE_INIT_JSON")
def init(yes: bool, out: Output, **given: Any) -> None:
    """Write a commented route file for the monolith at --legacy. Nothing is moved by it.

    Asks at most three questions, and none where the options answer them, with --yes, with --json
    or without a terminal. Exit code 0: written; 1: refused; 2: a wrong call or file.
    """
    options = Options(**given)
    try:
        if not yes and not out.as_json and _terminal():
            options = ask(options)
        _keep(options)
        written = _write(options, out.say)
    except (Refused, CannotWatch, NoEnvironment) as error:
        out.fail(str(error), REFUSED)
    except (NothingSeen, NoApplication) as error:
        out.fail(str(error), BAD_INPUT)
    except OSError as error:
        out.fail(f"cannot write {options.output}: {error.strerror or error}", BAD_INPUT)
    out.give(written, lambda: _words(written))


def _terminal() -> bool:
    return sys.stdin.isatty()


def _keep(options: Options) -> None:
    """Raises Refused where a file would be replaced without --overwrite."""
    if options.output.exists() and not options.overwrite:
        raise Refused(
            f"{options.output} exists; --overwrite replaces it, --output FILE writes another"
        )


def ask(options: Options) -> Options:
    """At most three questions: what the options did not say."""
    if options.new is None:
        options = replace(options, new=_ask_url())
    if not options.files and options.watch is None and options.app is None:
        options = _ask_traffic(options)
    if options.output.exists() and not options.overwrite:
        again = click.confirm(f"{options.output} exists. Overwrite it?", default=False)
        options = replace(options, overwrite=again)
    return options


def _ask_url() -> str | None:
    def parse(text: str) -> str:
        try:
            return Url().parse(text) if text else ""
        except Wrong as error:
            raise click.UsageError(str(error)) from None

    question = "The new side's address (empty: there is none yet)"
    return click.prompt(question, default="", show_default=False, value_proc=parse) or None


def _ask_traffic(options: Options) -> Options:
    question = (
        "Traffic to look at: an access log, a HAR or .flows file; MODULE:APP of a Flask"
        f" application; a time such as 60s to stand at {options.listen} (empty: none)"
    )
    return named_traffic(options, click.prompt(question, default="", show_default=False))


def named_traffic(options: Options, given: str) -> Options:
    """A file, a time, or an application: by what the words look like."""
    if not given:
        return options
    if Path(given).exists():
        return replace(options, files=(Path(given),))
    try:
        return replace(options, watch=Duration().parse(given))
    except Wrong:
        return (
            replace(options, app=given) if ":" in given else replace(options, files=(Path(given),))
        )


def _write(options: Options, say: Callable[[str], Any]) -> dict[str, Any]:
    """Look, draft, and write the file whole. Raises what looking raises, and OSError."""
    sources, requests = _look(options, say)
    known = UrlMap((), "")
    if options.app is not None:
        known = application.ask(options.app, options.python)
        sources.append(f"the URL map of {options.app} ({counted(len(known.rules), 'rule')})")
    first = watching.first_page(options.legacy)
    if first is None:
        say(f"{options.legacy} does not answer now; the file is written all the same")
    cookie = session.find([*requests, *([first] if first else [])], known.session_cookie)
    found = candidates.sort(requests, known.rules, cookie.name if cookie else "")
    day = date.today().isoformat()  # noqa: DTZ011 - the day on the wall
    draft = text.write(text.Draft(options.legacy, options.new, cookie, found, sources, day))
    load(draft.encode(), str(options.output))  # what cannot be read is not written
    _keep(options)  # it may have come while we looked
    write_whole(options.output, draft)
    return {
        "ok": True, "file": str(options.output), "requests": len(requests),
        "routes": len(found.reads), "proposals": len(found.others),
        "session_cookie": cookie.name if cookie else None, "legacy_answers": first is not None,
    }  # fmt: skip


def _look(options: Options, say: Callable[[str], Any]) -> tuple[list[str], list[Seen]]:
    """What was looked at, in words, and what was seen."""
    sources: list[str] = []
    requests: list[Seen] = []
    for file in options.files:
        found = traffic.read(file, lambda: environment.ensure(options.venv.absolute()))
        sources.append(f"{counted(len(found), 'request')} in {file.name}")
        requests += found
    if options.watch is not None:
        way = f"http://{options.listen}/ leads to {options.legacy}"
        say(f"{way} for {options.watch:g} s; Ctrl-C ends it")
        found = watching.watch(options.legacy, options.listen, options.watch)
        sources.append(f"{counted(len(found), 'request')} that came to {options.listen}")
        requests += found
    return sources, requests


def _words(written: dict[str, Any]) -> str:
    cookie = written["session_cookie"]
    return (
        f"{written['file']} is written: {counted(written['routes'], 'route')} that may be copied,"
        f" in stage legacy; {counted(written['proposals'], 'proposal')} in comments;"
        f" session cookie: {cookie or 'not seen'}\n"
        f"  next: fig check {written['file']}\n"
        f"        fig facade --routes {written['file']} --listen 127.0.0.1:8080"
    )
