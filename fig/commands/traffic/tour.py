"""`fig tour [PATTERN]`: ten patterns on the running stack, each watched and broken on purpose."""

import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import click

from chassis.cli.output import Output, json_option
from fig.clients import admin, running
from fig.clients.admin import AdminAway
from fig.errors import NEGATIVE, FigError
from fig.settings import Home, project_root
from fig.tour.patterns import NAMES, PATTERNS
from fig.tour.walk import Done, Shown, Walk

SHOWN_LINES, LONGEST = 10, 110
PATIENCE_SECONDS, POLL_SECONDS = 60.0, 0.2
START = "nothing runs here: run `make up` first (or `fig up --detach`), then `fig tour` again"


@click.command()
@click.argument("pattern", required=False, type=click.Choice(NAMES))
@click.option("--list", "only_list", is_flag=True, envvar="FIG_TOUR_LIST", help="Only list them.")
@json_option("FIG_TOUR_JSON")
@click.pass_obj
def tour(home: Home, pattern: str | None, only_list: bool, out: Output) -> None:
    """Show ten patterns, or one: what it is for, how it works, and what happens when it breaks.

    Routes, faults and automatic moves are restored at the end. docs/patterns.md has the same
    commands. Exit code 0: each step showed what it should; 1: one did not, or nothing runs.
    """
    if only_list:
        named = [{"name": one.name, "problem": one.problem} for one in PATTERNS]
        lines = [f"{one['name']:<18} {one['problem']}" for one in named]
        out.give({"patterns": named}, "\n".join(lines))
        return
    if running.find(home) is None:
        raise FigError(START)
    walk = Walk(RealFig(home), lambda shown: out.say(_text(shown)))
    found, good = [], True
    try:
        for number, one in enumerate(PATTERNS, 1):
            if pattern in (None, one.name):
                out.say(f"\n{number:>2}  {one.title}\n    {one.problem}")
                steps = walk.pattern(one)
                good = good and all(step.ok for step in steps)
                found.append({"name": one.name, "steps": [_document(step) for step in steps]})
    finally:
        walk.put_back()
    words = "Everything is restored." if good else "Not every step showed what it should."
    out.give({"ok": good, "patterns": found}, f"\n{words}")
    raise SystemExit(0 if good else NEGATIVE)


@dataclass
class _Running:
    process: "subprocess.Popen[str]"

    def wait(self) -> Done:
        said, _ = self.process.communicate()
        return Done(self.process.returncode, said)


@dataclass
class RealFig:
    """The command itself, in processes of its own."""

    home: Home

    def start(self, words: str) -> _Running:
        """`fig WORDS`, with stderr in stdout."""
        return _Running(
            subprocess.Popen(
                [sys.executable, "-m", "fig", *shlex.split(words)],
                cwd=project_root(),
                env={**os.environ, **self._own},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )

    @property
    def _own(self) -> dict[str, str]:
        """Where the stack is; a busy machine may take its time for a step."""
        patience = f"{PATIENCE_SECONDS:g}"
        return {"FIG_HOME": str(self.home.folder), "FIG_GET_PATIENCE": patience, "NO_COLOR": "1"}

    def stages(self) -> Mapping[str, str]:
        """Of every route that the facade decides by."""
        return {one["name"]: _stage(one) for one in self._status()["routes"]}

    def frozen(self) -> bool:
        """As the facade says it."""
        return bool((self._status().get("moves") or {}).get("stopped"))

    def _status(self) -> Mapping[str, Any]:
        """Of the facade, which a pattern may just have started again. Raises FigError."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return admin.get(running.admin_url(self.home, None), "/api/status")
            except AdminAway:
                if time.monotonic() > deadline:
                    raise
            time.sleep(POLL_SECONDS)


def _stage(route: Mapping[str, Any]) -> str:
    """As `fig flip` takes it."""
    share = f" {route['percent']:g}" if route["stage"] == "canary" else ""
    return f"{route['stage']}{share}"


def _document(shown: Shown) -> dict[str, object]:
    return {
        "part": shown.part,
        "command": shown.step.line,
        "ok": shown.ok,
        "code": shown.done.code,
        "seconds": shown.seconds,
        "output": shown.done.output,
    }


def _text(shown: Shown) -> str:
    lines = shown.done.output.rstrip().splitlines()
    cut = []
    if len(lines) > SHOWN_LINES:
        hidden = lines[SHOWN_LINES:]
        matching = [line for line in hidden if re.search(shown.step.shows, line)]
        cut = [*matching[:1], f"… {len(hidden)} more lines"]
    body = "\n".join(f"      {line[:LONGEST]}" for line in [*lines[:SHOWN_LINES], *cut])
    if not shown.ok:
        body += f"\n    ✗ expected exit code {shown.step.code} and {json.dumps(shown.step.shows)},"
        body += f" got exit code {shown.done.code}"
    return f"    {shown.part}: $ {shown.step.line}\n{body}"
