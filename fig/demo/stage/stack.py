"""The stack the demo runs on: one of its own, or one that runs already.

Both give the same three things: addresses, the route file the facade reads, and a way to leave
everything as it was found.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from chassis.process import children
from chassis.process.children import Program
from fig.clients import running
from fig.demo.script.routes import Wanted, copy_in_legacy
from fig.demo.stage.admin import Admin
from fig.demo.stage.commands import Fig
from fig.demo.stage.world import DemoFailed
from fig.errors import NEGATIVE, last_line
from fig.settings import Home
from fig.supervise import state
from fig.supervise.state import StackState

POLL = 0.05  # seconds
SETTLED = ("ready", "done")


@dataclass(frozen=True)
class Addresses:
    """The addresses of the facade and its admin API, and its route file."""

    facade: str
    admin: str
    routes: Path


class Stack(Protocol):
    """What `real.py` needs. Raises DemoFailed."""

    exit_code: int  # when it cannot be started
    own: bool  # its route file is a copy of ours, without a person's comments
    force: str  # the reason by which its routes are promoted; empty: on the evidence alone

    async def start(self, fault: str) -> Addresses:
        """Everything up, with this fault in the catalog, every route to be moved in legacy."""

    async def stop(self) -> None:
        """As it was before."""


class OwnStack:
    """Started for the demo in a folder of its own, on a copy of the route file, and stopped at its
    end. `home` is that folder: what an earlier demo left there is removed first."""

    own = True
    force = ""  # the copy has the demo's bounds

    def __init__(
        self, fig: Fig, home: Home, source: Path, wanted: Wanted, say: Callable[[str], None]
    ) -> None:
        self.fig, self.home, self.source = fig, home, source
        self.wanted, self.say = wanted, say
        self.routes = home.folder / "routes.yaml"
        self.log = home.logs / "demo-stack.log"
        self.process: children.Popen | None = None
        self.exit_code = NEGATIVE

    async def start(self, fault: str) -> Addresses:
        await asyncio.to_thread(shutil.rmtree, self.home.folder, ignore_errors=True)
        copy_in_legacy(self.source, self.routes, self.wanted)
        self.process = self.spawn(fault)
        ready: set[str] = set()
        while self.process.poll() is None:
            found = state.read(self.home.state)
            if found is not None and found.pid == self.process.pid:
                self.report(found, ready)
                if found.ready:
                    return addresses(found.urls, self.routes)
            await asyncio.sleep(POLL)
        self.exit_code = self.process.returncode or NEGATIVE
        raise DemoFailed(f"the stack did not come up: {complaint(self.log)}")

    def spawn(self, fault: str) -> children.Popen:
        """`fig up`, which ends with us, whatever ends us."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        words = (*self.fig.start, "up", "--routes", str(self.routes))
        words += ("--set", f"catalog.CATALOG_FAULT={fault}")
        env = os.environ | {"FIG_DETACHED": "1"}
        return children.start(Program(words, self.log, env, self.fig.root, with_parent=True))

    def report(self, found: StackState, ready: set[str]) -> None:
        """A line for each process that has become ready."""
        for process in found.processes:
            if process.word in SETTLED and process.name not in ready:
                ready.add(process.name)
                self.say(f"{process.name} {process.word} after {process.took:.1f} s")

    async def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            await asyncio.to_thread(self.process.wait)


PUTS_BACK = "fig demo puts the route back where it was before"


class RunningStack:
    """What `fig up` left running: its routes are walked to legacy, and back at the end."""

    own = False
    force = "fig demo moves it; it is held to the demo's own bounds"  # the file has its user's

    def __init__(self, fig: Fig, found: StackState, moved: Collection[str], admin: Admin) -> None:
        self.fig, self.moved, self.admin = fig, moved, admin
        self.at = addresses(found.urls, Path(found.routes))
        self.before: dict[str, str] = {}
        self.exit_code = NEGATIVE

    async def start(self, fault: str) -> Addresses:
        self.before = await self.admin.positions(self.moved)
        await self.walk(self.moved, "legacy")
        await self.fig.call("restart", "catalog", "--set", f"CATALOG_FAULT={fault}")
        return self.at

    async def walk(self, routes: Collection[str], position: str) -> None:
        where = ("--routes", str(self.at.routes), "--admin", self.at.admin)
        force = () if position == "legacy" else ("--force", PUTS_BACK)
        await self.fig.call("flip", ",".join(routes), *position.split(), "--walk", *where, *force)

    async def stop(self) -> None:
        for position in dict.fromkeys(self.before.values()):
            await self.walk([one for one in self.before if self.before[one] == position], position)
        if self.before:
            await self.fig.call("restart", "catalog", "--set", "CATALOG_FAULT=")


def addresses(urls: Mapping[str, str], routes: Path) -> Addresses:
    return Addresses(urls["facade"], urls["admin"], routes)


def complaint(log: Path) -> str:
    """What `fig up` gave as the reason of its end."""
    said = log.read_text(errors="replace")
    _, found, reason = ("\n" + said).rpartition("\nfig: ")
    return reason.strip() if found else f"{last_line(said) or 'no reason given'} (see {log})"


def refuse_if_running(home: Home) -> None:
    """Raises DemoFailed that says what to do when a stack runs in this folder."""
    found = running.find(home)
    if found is not None:
        raise DemoFailed(
            f"a stack runs already ({found.urls['facade']}, pid {found.pid}); `make down` stops it,"
            " or `fig demo --use-running` moves its routes, and back at the end"
        )
