"""A shop of the run's own: brought up, flipped, killed piece by piece, brought down."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import psycopg

from chassis.cli.calls import NoAnswer, call
from chassis.process.files import write_whole
from loadtests import proc

PROJECT = Path(__file__).parents[2]
FIG = (sys.executable, "-m", "fig")
FACADE = (sys.executable, "-m", "facade")
READY_SECONDS = 90.0
CONTROL_SECONDS = 10.0
MOVE_SECONDS = 30.0  # for a flip that must be
DATABASES = "postgres"
UP = ("ready", "done")
TAKEN = "workers decide by it after"  # what `fig flip` says of each step that is in force
ASKED = 0.2  # of those that are ended: by SIGTERM
OWNERS = ("legacy", "orders", "notifications")  # of databases that are looked into


class ChaosFailed(Exception):
    """The run itself could not go on; the message says why."""


class Stack:
    """From `fig up` to `fig down`."""

    def __init__(
        self,
        folder: Path,
        base: int,
        *options: str,
        at_new: Sequence[str] = (),
        home: Path | None = None,
    ) -> None:
        """`options` are for `fig up`. `at_new`: domains whose routes all begin at `new`.
        `home`: the data folder, which may hold a shop already; by default a fresh one."""
        self._options = options
        self.editing = threading.RLock()  # held while the route file is edited
        self.folder = (home or folder / "fig").absolute()
        self.routes = Path(shutil.copy(PROJECT / "routes.yaml", folder / "routes.yaml"))
        for domain in at_new:
            self.routes.write_text(moved(self.routes.read_text(), domain))
        # What dies here dies on purpose: guards would move back the routes that chaos flips.
        (folder / "routes.freeze").write_text('{"who": "chaos", "why": "it kills on purpose"}')
        own = {name: value for name, value in os.environ.items() if not name.startswith("FIG_")}
        self.environment = own | {
            "FIG_HOME": str(self.folder),
            "FIG_ROUTES": str(self.routes),
            "FIG_PORT_BASE": str(base),
        }

    def __enter__(self) -> Self:
        came = self.fig("up", "--detach", *self._options)
        if came.returncode:
            raise ChaosFailed(f"the stack did not come up: {came.stderr.strip()}")
        return self

    def __exit__(self, *_: object) -> None:
        self.fig("down", "--quiet")

    def fig(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """One call of the command, with these variables in its environment."""
        return self._run(FIG, words, variables)

    def facade(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One call of the facade's own command, for this stack's route file and facade."""
        admin = str(self.state["urls"]["admin"])
        known = {"FACADE_ROUTES": str(self.routes), "FACADE_ADMIN": admin}
        return self._run(FACADE, words, known)

    def _run(
        self, program: Sequence[str], words: Sequence[str], variables: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*program, *words],
            env={**self.environment, **variables},
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def state(self) -> Mapping[str, Any]:
        """As the supervisor writes it down."""
        found: Mapping[str, Any] = json.loads((self.folder / "run/state.json").read_text())
        return found

    @property
    def killable(self) -> list[str]:
        """Every process that is kept up, and the children of those that have any."""
        names = []
        for one in self.state["processes"]:
            if one["kind"] == "service":
                family = {_relation(one["pid"], child) for child in proc.children(one["pid"])}
                names += [one["name"], *(f"{one['name']} {word}" for word in sorted(family))]
        return names

    @property
    def url(self) -> str:
        return str(self.state["urls"]["facade"])

    def secret(self, name: str) -> str:
        """A generated password, such as that of a database's owner, or `session`."""
        return str(json.loads((self.folder / "secrets.json").read_text())[name])

    def address(self, name: str, role: str = "") -> str:
        """The URL of one of the databases, as its owner or in another role."""
        role, port = role or name, self.state["ports"]["postgres"]
        return f"postgresql://{role}:{self.secret(role)}@127.0.0.1:{port}/{name}"

    def database(self, name: str, role: str = "") -> psycopg.Connection[Any]:
        """A connection to that address."""
        return psycopg.connect(self.address(name, role), autocommit=True)

    def family(self, name: str) -> list[int]:
        """A process, its children, and theirs."""
        pid = self.pid(name)
        return proc.family(pid) if pid else []

    def signal(self, name: str, number: signal.Signals) -> None:
        """To a process and everything that it started, such as SIGSTOP."""
        os.killpg(self.pid(name), number)

    def pid(self, name: str) -> int:
        """Of a process; 0 while it is down."""
        return next(int(one["pid"]) for one in self.state["processes"] if one["name"] == name)

    def one(self, name: str, dice: random.Random) -> int:
        """The pid of a process, or of one of the children of a kind; 0 while there is none."""
        process, _, relation = name.partition(" ")
        pid = self.pid(process)
        if not relation or not pid:
            return pid
        alike = [child for child in proc.children(pid) if _relation(pid, child) == relation]
        return dice.choice(alike) if alike else 0

    def kill(self, name: str, dice: random.Random) -> str:
        """End one process, or one of the children that it started; what was hit.

        Mostly by SIGKILL; some are asked to end, and what they then do must be as safe.
        """
        pid = self.one(name, dice)
        if not pid:
            return f"{name}: it is down already"
        # PostgreSQL takes SIGTERM for a purchase to wait until its last client has gone.
        asked = dice.random() < ASKED and name != DATABASES
        number = signal.SIGTERM if asked else signal.SIGKILL
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return f"{name}: it had just died"
        return f"{number.name} to {name} (pid {pid})"

    def flip(self, route: str, place: tuple[str, ...]) -> str:
        """Step by step, once the facade's control process answers, which confirms each of them;
        what was refused is taken back out of the file, as a person would. Steps of the walk that
        were taken stay: they are in force, and the way back would be a jump."""
        with self.editing:
            return self._flip(route, place)

    def _flip(self, route: str, place: tuple[str, ...]) -> str:
        self._until_controlled()
        before = self.routes.read_text()
        why = ("--force", "make chaos flips at random")  # there is no time for evidence
        done = self.fig("flip", route, *place, "--walk", "--sample", "10%", *why)
        if done.returncode == 0:
            return f"{route} to {' '.join(place)}"
        if TAKEN not in done.stdout:
            write_whole(self.routes, before)
        said = (done.stderr or done.stdout).strip().splitlines()
        return f"{route} to {' '.join(place)} refused: {said[-1] if said else done.returncode}"

    def move(self, route: str, place: tuple[str, ...]) -> str:
        """A flip that must be: where it is refused, the read model behind it is only just ready."""
        until = time.monotonic() + MOVE_SECONDS
        while "refused" in (said := self.flip(route, place)):
            if time.monotonic() > until:
                raise ChaosFailed(said)
            time.sleep(0.5)
        return said

    def _until_controlled(self) -> None:
        """Or give up: the route file is then written for whenever the facade comes back."""
        deadline = time.monotonic() + CONTROL_SECONDS
        while time.monotonic() < deadline:
            try:
                call(f"{self.state['urls']['admin']}/readyz", seconds=2)
            except NoAnswer:
                time.sleep(0.1)
            else:
                return

    def until_ready(self) -> None:
        """Everything is up again. Raises ChaosFailed."""
        deadline = time.monotonic() + READY_SECONDS
        while not self.state["ready"]:
            if time.monotonic() > deadline:
                down = [p["name"] for p in self.state["processes"] if p["state"] not in UP]
                raise ChaosFailed(f"not everything came back: {', '.join(down)}")
            time.sleep(0.2)


def moved(text: str, domain: str) -> str:
    """A route file with every route of the domain at `new`."""
    entries = re.split(r"(?=^  - name: )", text, flags=re.MULTILINE)
    return "".join(
        one.replace("stage: legacy", "stage: new", 1) if f"domain: {domain}\n" in one else one
        for one in entries
    )


def _relation(pid: int, child: int) -> str:
    """`worker` runs the same program as its parent; a `helper`, like the control process, not."""
    try:
        return "worker" if _program(child) == _program(pid) else "helper"
    except OSError:
        return "gone"


def _program(pid: int) -> list[bytes]:
    """Interpreter, `-m` and module."""
    return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[:3]
