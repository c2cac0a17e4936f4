"""The shoppers: Locust in a process of its own, watched through the file it writes."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from chassis.process import children
from chassis.process.children import Program
from fig.demo.judge.sample import Load
from fig.demo.stage.samples import load_of
from fig.demo.stage.world import DemoFailed

FIRST_LINE = 30.0  # seconds until the first figures must be there
# Who comes: nobody counts shelves, and nobody reads the sales of a year.
KINDS = ("Browser", "Searcher", "Buyer", "PageVisitor", "PageBuyer", "Newcomer", "Errands")
LEAVE = 10.0  # seconds in which visits under way may end


@dataclass(frozen=True)
class Shoppers:
    """How many, how fast, and where to. `think` as LOADTEST_THINK wants it."""

    url: str
    users: int
    spawn_rate: float
    think: str


class LoadProcess:
    """One run of Locust; the figures and the log lie in `folder`."""

    def __init__(self, shoppers: Shoppers, root: Path, folder: Path) -> None:
        self.shoppers = shoppers
        self.root = root
        self.stats = folder / "shoppers.jsonl"
        self.orders = folder / "orders.jsonl"  # what they were told of their orders
        self.absence = folder / "legacy-is-stopped"  # there as long as it is
        self.log = folder / "shoppers.log"
        self.process: children.Popen | None = None
        self.latest = Load()
        self.read = 0

    async def start(self) -> None:
        """Start, and wait for the first figures. Raises DemoFailed."""
        self.process = self.spawn()
        began = time.monotonic()
        while not self.poll().requests:
            if self.process.poll() is not None or time.monotonic() - began > FIRST_LINE:
                raise DemoFailed(f"the shoppers did not start: {self.complaint()}")
            await asyncio.sleep(0.1)

    def spawn(self) -> children.Popen:
        self.stats.parent.mkdir(parents=True, exist_ok=True)
        for file in (self.stats, self.orders, self.absence):
            file.unlink(missing_ok=True)
        env = {**os.environ, **self.environment()}
        return children.start(Program(self.command(), self.log, env, self.root, with_parent=True))

    def command(self) -> list[str]:
        shoppers = self.shoppers
        return [
            *(sys.executable, "-m", "locust", "-f", str(self.root / "loadtests/locustfile.py")),
            *("--headless", "--only-summary", "--loglevel", "WARNING"),
            *("--users", str(shoppers.users), "--spawn-rate", str(shoppers.spawn_rate)),
            *("--host", shoppers.url, "--stop-timeout", str(int(LEAVE) - 2), *KINDS),
        ]

    def environment(self) -> dict[str, str]:
        return {
            "FIG_FACADE_URL": self.shoppers.url,
            "LOADTEST_EVERYONE": "Y",
            "LOADTEST_STATS_FILE": str(self.stats),
            "LOADTEST_THINK": self.shoppers.think,
            "LOADTEST_ORDERS_FILE": str(self.orders),
            "LOADTEST_ABSENCE_FILE": str(self.absence),
        }

    def poll(self) -> Load:
        """The newest figures; those of before when there is no new line."""
        try:
            with self.stats.open("rb") as file:
                file.seek(self.read)
                whole, newline, _ = file.read().rpartition(b"\n")
        except FileNotFoundError:
            return self.latest
        if newline:
            self.read += len(whole) + 1
            self.latest = load_of(json.loads(whole.splitlines()[-1]))
        return self.latest

    async def stop(self) -> None:
        """Let visits end, then read the last figures. Raises DemoFailed when it had died before."""
        if self.process is None:
            return
        early = await asyncio.to_thread(children.end, self.process, LEAVE)
        self.poll()
        self.process = None
        if early is not None:
            raise DemoFailed(f"the shoppers left early (exit {early}): {self.complaint()}")

    def kill(self) -> None:
        """At once; for the end of a run that broke."""
        if self.process is not None:
            children.end(self.process, 0.0, signal.SIGKILL)

    def complaint(self) -> str:
        """The last words of the log."""
        return f"{children.last_line(self.log)} (see {self.log})"
