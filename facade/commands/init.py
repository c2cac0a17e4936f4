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

ENVIRONMENT = Path(".fig/sidecar-venv")


@dataclass(frozen=True, slots=True)
class Wish:
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


def _url(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    try:
        return None if value is None else Url().parse(value)
    except Wrong as error:
        raise click.BadParameter(str(error)) from None


def _seconds(_context: click.Context, _option: click.Parameter, value: str | None) -> float | None:
    try:
        return None if value is None else Duration().parse(value)
    except Wrong as error:
        raise click.BadParameter(str(error)) from None


def _interpreter() -> str:
    """Of the environment that the shell has activated, else our own."""
    active = os.environ.get("VIRTUAL_ENV")
    own = Path(active) / "bin" / "python" if active else Path(sys.executable)
    return str(own) if own.exists() else sys.executable


@click.command()
@click.option("--legacy", required=True, callback=_url, envvar="FACADE_INIT_LEGACY",
              help="The monolith's address, such as http://127.0.0.1:5000.")  # fmt: skip
@click.option("--new", callback=_url, envvar="FACADE_INIT_NEW",
              help="The address of what shall replace it, where there is one.")  # fmt: skip
@click.option("--from", "files", multiple=True, type=click.Path(path_type=Path),
              envvar="FACADE_INIT_FROM", metavar="FILE",
              help="Traffic to look at: an access log, a HAR file, a .flows file of the sidecar;"
              " may be repeated.")  # fmt: skip
@click.option("--watch", callback=_seconds, envvar="FACADE_INIT_WATCH", metavar="TIME",
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
@click.option("--environment", "venv", type=click.Path(path_type=Path), default=ENVIRONMENT,
              show_default=True, envvar="FACADE_SIDECAR_VENV",
              help="mitmproxy's own environment, which reads .flows files.")  # fmt: skip
@click.option("--yes", "-y", is_flag=True, envvar="FACADE_INIT_YES", help="Ask nothing.")
@json_option("FACADE_INIT_JSON")
def init(yes: bool, out: Output, **given: Any) -> None:
    """Write a commented route file for the monolith at --legacy. Nothing is moved by it.

    Asks at most three questions, and none where the options answer them, with --yes, with --json
    or without a terminal. Exit code 0: written; 1: refused; 2: a wrong call or file.
    """
    wish = Wish(**given)
    try:
        if not yes and not out.as_json and _terminal():
            wish = ask(wish)
        _keep(wish)
        told = _write(wish, out.say)
    except (Refused, CannotWatch, NoEnvironment) as error:
        out.fail(str(error), REFUSED)
    except (NothingSeen, NoApplication) as error:
        out.fail(str(error), BAD_INPUT)
    except OSError as error:
        out.fail(f"cannot write {wish.output}: {error.strerror or error}", BAD_INPUT)
    out.give(told, lambda: _words(told))


def _terminal() -> bool:
    return sys.stdin.isatty()


def _keep(wish: Wish) -> None:
    """Raises Refused where a file would be replaced that nobody gave up."""
    if wish.output.exists() and not wish.overwrite:
        raise Refused(
            f"{wish.output} exists; --overwrite replaces it, --output FILE writes another"
        )


def ask(wish: Wish) -> Wish:
    """At most three questions: what the options did not say."""
    if wish.new is None:
        wish = replace(wish, new=_ask_url())
    if not wish.files and wish.watch is None and wish.app is None:
        wish = _ask_traffic(wish)
    if wish.output.exists() and not wish.overwrite:
        again = click.confirm(f"{wish.output} exists. Overwrite it?", default=False)
        wish = replace(wish, overwrite=again)
    return wish


def _ask_url() -> str | None:
    def parse(text: str) -> str:
        try:
            return Url().parse(text) if text else ""
        except Wrong as error:
            raise click.UsageError(str(error)) from None

    question = "The new side's address (empty: there is none yet)"
    return click.prompt(question, default="", show_default=False, value_proc=parse) or None


def _ask_traffic(wish: Wish) -> Wish:
    question = (
        "Traffic to look at: an access log, a HAR or .flows file; MODULE:APP of a Flask"
        f" application; a time such as 60s to stand at {wish.listen} (empty: none)"
    )
    return named_traffic(wish, click.prompt(question, default="", show_default=False))


def named_traffic(wish: Wish, given: str) -> Wish:
    """A file, a time, or an application: by what the words look like."""
    if not given:
        return wish
    if Path(given).exists():
        return replace(wish, files=(Path(given),))
    try:
        return replace(wish, watch=Duration().parse(given))
    except Wrong:
        return replace(wish, app=given) if ":" in given else replace(wish, files=(Path(given),))


def _write(wish: Wish, say: Callable[[str], Any]) -> dict[str, Any]:
    """Look, draft, and write the file whole. Raises what looking raises, and OSError."""
    sources, requests = _look(wish, say)
    known = UrlMap((), "")
    if wish.app is not None:
        known = application.ask(wish.app, wish.python)
        sources.append(f"the URL map of {wish.app} ({counted(len(known.rules), 'rule')})")
    first = watching.first_page(wish.legacy)
    if first is None:
        say(f"{wish.legacy} does not answer now; the file is written all the same")
    cookie = session.find([*requests, *([first] if first else [])], known.session_cookie)
    found = candidates.sort(requests, known.rules, cookie.name if cookie else "")
    day = date.today().isoformat()  # noqa: DTZ011 - the day on the wall
    draft = text.write(text.Draft(wish.legacy, wish.new, cookie, found, sources, day))
    load(draft.encode(), str(wish.output))  # what cannot be read is not written
    _keep(wish)  # it may have come while we looked
    write_whole(wish.output, draft)
    return {
        "ok": True, "file": str(wish.output), "requests": len(requests),
        "routes": len(found.reads), "proposals": len(found.others),
        "session_cookie": cookie.name if cookie else None, "legacy_answers": first is not None,
    }  # fmt: skip


def _look(wish: Wish, say: Callable[[str], Any]) -> tuple[list[str], list[Seen]]:
    """What was looked at, in words, and what was seen."""
    sources: list[str] = []
    requests: list[Seen] = []
    for file in wish.files:
        found = traffic.read(file, lambda: environment.ensure(wish.venv.absolute()))
        sources.append(f"{counted(len(found), 'request')} in {file.name}")
        requests += found
    if wish.watch is not None:
        say(f"http://{wish.listen}/ leads to {wish.legacy} for {wish.watch:g} s; Ctrl-C ends it")
        found = watching.watch(wish.legacy, wish.listen, wish.watch)
        sources.append(f"{counted(len(found), 'request')} that came to {wish.listen}")
        requests += found
    return sources, requests


def _words(told: dict[str, Any]) -> str:
    cookie = told["session_cookie"]
    return (
        f"{told['file']} is written: {counted(told['routes'], 'route')} that may be copied, in"
        f" stage legacy; {counted(told['proposals'], 'proposal')} in comments; session cookie:"
        f" {cookie or 'not seen'}\n"
        f"  next: fig check {told['file']}\n"
        f"        fig facade --routes {told['file']} --listen 127.0.0.1:8080"
    )
