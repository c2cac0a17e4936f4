"""Kills and freezes, while the orders change hands: each strike once, one after the other."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import psycopg

from chassis.cli.calls import NoAnswer, call
from chassis.ownership.records import ENTER
from contracts.cutover import path
from loadtests.chaos.faults.freeze import frozen
from loadtests.chaos.running import say
from loadtests.chaos.stack import FIG, PROJECT, ChaosFailed, Stack
from loadtests.cutover.moves import BOUND
from loadtests.cutover.strikes import (
    BEFORE,
    COMMAND,
    FENCE,
    TRAFFIC_SECONDS,
    Outcome,
    Strike,
    next_one,
)

FROZEN_SECONDS = 8.0  # longer than a lease: somebody else ends the attempt
REACH_SECONDS = 90.0  # of the moment: the checks come first, and a verification among them
COMMAND_SECONDS = 120.0
LOOK_SECONDS = 0.002
TRIES = 3  # of one strike: the moment may have passed, or a check may have said no
RECORD = "SELECT owner, phase FROM domain_owner WHERE domain = 'orders'"
HOLD_LEGACY = "LOCK TABLE stock IN ROW EXCLUSIVE MODE"  # as somebody's order in its transaction
HOLD_SECONDS = 1.5  # for which the fence cannot be closed, to strike before it

T = TypeVar("T")


class Missed(Exception):
    """The moment did not come; says why."""


class Striking:
    """On a running stack; `journal` is where the customers write."""

    def __init__(self, stack: Stack, journal: Path) -> None:
        self._stack, self._journal = stack, journal

    def all(self, strikes: list[Strike]) -> Iterator[Outcome]:
        """Each of them; plain moves between, where the owner is not the one to begin with."""
        left = list(strikes)
        while left:
            self._stack.until_ready()
            owner = self._owner()
            strike = next_one(left, owner)
            if strike is None:
                self._order("new" if owner == "legacy" else "legacy")
                self._settled(time.time())
                continue
            yield self._tried(strike)

    def _tried(self, strike: Strike) -> Outcome:
        for _ in range(TRIES):
            try:
                outcome = self._once(strike)
            except Missed as error:
                say(f"{strike}: {error}; again")
                time.sleep(1.0)
                if self._owner() == strike.toward:
                    self._order("legacy" if strike.toward == "new" else "new")
                    self._settled(time.time())
            else:
                writes, settled = outcome.writes or -1, outcome.settled or -1
                say(f"{strike}: {outcome.owner}; write {writes:.1f} s, settled {settled:.1f} s")
                return outcome
        raise ChaosFailed(f"{strike}: the moment never came")

    def _once(self, strike: Strike) -> Outcome:
        with self._held(strike):
            command = self._ordered(strike)
            try:
                self._until(strike, command)
                thawing = self._strike(strike, command)
                at = time.time()
            except BaseException:
                _end(command)
                raise
        writes = self._first_write(at)
        settled = self._settled(at)
        thawing.join()
        with suppress(subprocess.TimeoutExpired):
            if command is not None:
                command.wait(COMMAND_SECONDS)
        _end(command)
        self._stack.until_ready()
        return Outcome(strike, self._owner(), writes, settled)

    def _ordered(self, strike: Strike) -> subprocess.Popen[bytes] | None:
        """The move, under way: by `fig cutover` where that is to be struck, else at the service,
        for the command's checks take longer than all the rest."""
        if strike.victim != COMMAND:
            self._order(strike.toward)
            return None
        back = ("--back",) if strike.toward == "legacy" else BOUND
        with (self._stack.folder.parent / "command.log").open("w") as said:
            return subprocess.Popen(
                [*FIG, "cutover", "orders", "--json", *back], env=self._stack.environment,
                cwd=PROJECT, stdout=said, stderr=said, start_new_session=True,
            )  # fmt: skip

    def _order(self, toward: str) -> None:
        """At the service; a refusal is seen by what does not come of it."""
        url = f"http://127.0.0.1:{self._stack.state['ports']['orders']}{path('orders')}"
        with suppress(NoAnswer):
            call(url, method="POST", body={"toward": toward, "operator": f"strike {time.time()}"})

    @contextmanager
    def _held(self, strike: Strike) -> Iterator[None]:
        """Before the fence there is next to no time: a write that is under way makes some."""
        if strike.moment != BEFORE:
            yield
            return
        holding, released = threading.Event(), threading.Event()
        threading.Thread(target=self._hold, args=(strike, holding, released), daemon=True).start()
        try:
            if strike.victim != COMMAND:
                holding.wait(HOLD_SECONDS)
            yield
        finally:
            released.set()

    def _hold(self, strike: Strike, holding: threading.Event, released: threading.Event) -> None:
        """For a while; what dies may be struck. The command's checks would object to it, so there
        it begins with the attempt."""
        ours = strike.toward == "legacy"
        name, statement = ("orders", ENTER) if ours else ("legacy", HOLD_LEGACY)
        with (
            suppress(psycopg.Error),
            self._stack.database(name) as writer,
            self._stack.database("orders") as looking,
        ):
            while strike.victim == COMMAND and _row(looking)[1] == "settled":
                if released.wait(LOOK_SECONDS / 2):
                    return
            with writer.transaction():
                writer.execute(statement.replace("$1", "%s"), ["orders"] if ours else None)
                holding.set()
                released.wait(HOLD_SECONDS)

    def _until(self, strike: Strike, command: subprocess.Popen[bytes] | None) -> None:
        """The moment. Raises Missed."""
        until = time.monotonic() + REACH_SECONDS
        with self._stack.database("orders") as looking:
            while time.monotonic() < until:
                owner, phase = _row(looking)
                if owner == strike.toward:
                    if strike.moment in (BEFORE, FENCE):
                        raise Missed("it was switched already")
                    return
                if (strike.moment, phase) in ((BEFORE, "moving"), (FENCE, "fenced")):
                    return
                if command is not None and command.poll() is not None:
                    log = self._stack.folder.parent / "command.log"
                    raise Missed(log.read_text().strip()[-200:])
                time.sleep(LOOK_SECONDS)
        raise Missed("nothing moved")

    def _strike(self, strike: Strike, command: subprocess.Popen[bytes] | None) -> threading.Thread:
        """What is frozen goes on in time; the thread ends then."""
        pids = [command.pid] if command is not None else self._stack.family(strike.victim)
        if strike.act == "frozen":
            thread = threading.Thread(target=frozen, args=(pids, FROZEN_SECONDS))
        else:
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            thread = threading.Thread(target=int)
        thread.start()
        return thread

    def _first_write(self, at: float) -> float | None:
        """Seconds until an order that was asked for after the strike was placed. One that is asked
        for again with its key says nothing: the facade may know the answer."""

        def look() -> float | None:
            for one in _newest(self._journal):
                placed = one["kind"] == "answered" and one["status"] == 201
                placed = placed and not one.get("again")
                if placed and one["at"] - one["took"] > at:
                    return float(one["at"]) - at
            return None

        return _polled(look)

    def _settled(self, at: float) -> float | None:
        """Seconds until no attempt is under way."""

        def look() -> float | None:
            with suppress(psycopg.Error), self._stack.database("orders") as looking:
                row = looking.execute(RECORD).fetchone()
                return time.time() - at if row and row[1] == "settled" else None
            return None

        return _polled(look)

    def _owner(self) -> str:
        def look() -> str | None:
            with suppress(psycopg.Error), self._stack.database("orders") as looking:
                row = looking.execute(RECORD).fetchone()
                return str(row[0]) if row else None
            return None

        return str(_polled(look))


def _row(looking: psycopg.Connection[Any]) -> tuple[str, str]:
    """Owner and phase."""
    row = looking.execute(RECORD).fetchone()
    return (str(row[0]), str(row[1])) if row else ("", "")


def _end(command: subprocess.Popen[bytes] | None) -> None:
    if command is not None:
        command.kill()
        command.wait()


def _polled(look: Callable[[], T | None]) -> T | None:
    until = time.monotonic() + TRAFFIC_SECONDS
    while time.monotonic() < until:
        if (found := look()) is not None:
            return found
        time.sleep(0.05)
    return None


def _newest(journal: Path) -> list[dict[str, Any]]:
    """The last lines of the journal, as they were written."""
    with journal.open("rb") as lines:
        lines.seek(max(0, journal.stat().st_size - 200_000))
        text = lines.read().decode()
    return [json.loads(line) for line in text.splitlines()[1:] if line.endswith("}")]
