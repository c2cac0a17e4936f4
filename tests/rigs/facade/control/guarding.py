"""A control process's guards between a real publisher and workers made of counters, all in files.

No process and no socket: a task plays the master and the workers, and a kill is an exception that
nothing catches, thrown at any place where something is written.
"""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

from facade.compare.answers import Answer, Pair
from facade.compare.verdict import Outcome, Verdict
from facade.control.admin.views.status import Sources
from facade.control.evidence_store.ledger import Ledger
from facade.control.guarding.guarding import Guarding, Setting
from facade.control.guarding.moving import Place
from facade.control.guarding.watching import Ours
from facade.control.intake.fleet import Fleet
from facade.control.intake.recent import Recent
from facade.control.judging.budget import Budget
from facade.control.judging.noise import NoiseLearner
from facade.control.surroundings.lags import Lags
from facade.control.surroundings.tables import Tables
from facade.guard.position import of
from facade.journal.entry import Event
from facade.journal.folder import read
from facade.master.publisher import TABLE, Publisher
from facade.proxy.counting.histogram import empty
from facade.routes.file.reading import load
from facade.runtime.lags import LAG, Lag
from facade.runtime.override import OVERRIDE
from facade.runtime.watcher import FileWatcher

FILE = """\
# ours
facade: {promote: {canary: 100%, new: 100%}}
upstreams:
  legacy: {url: "http://127.0.0.1:1"}
  fresh: {service: fresh}
plans:
  quick: {steps: [20, 60], time: 1s, pairs: 5, bound: 50%}
routes:
  - name: item          # the one that moves
    match: GET /items/{id}
    new: fresh
    stage: legacy
    seed: goods
    plan: quick
    max_lag: 5s
    compare: {sample: 100%}
    guard: {max_mismatch: 1%, max_error_ratio: 1.5, on_breach: shadow}
  - name: list
    match: GET /items
    new: fresh
    stage: legacy
    seed: goods
    compare: {sample: 100%}
"""
FORWARD = ["shadow", "canary 20%", "canary 60%", "new"]


class Killed(BaseException):
    """The process was killed here."""


class World:
    """The route file, the facade's folder, a master, two workers, and guards that can be killed."""

    def __init__(self, folder: Path, text: str = FILE) -> None:
        self.routes, self.runtime = folder / "routes.yaml", folder / "runtime"
        self.runtime.mkdir()
        self.routes.write_text(text)
        self.now = 1_790_000_000.0
        self.publisher = Publisher(self.routes, self.runtime, {}, lambda: self.now)
        data = self.publisher.first()
        self.fleet, self.ledger = Fleet(), Ledger()
        self.tables = Tables(self.runtime, {})
        self.lags = Lags(self.tables, self.runtime)
        self.counters: dict[str, Any] = {"routes": {}, "upstreams": {}, "keys": {}}
        self.workers = [
            self.fleet.hello({"worker": n, "pid": n, "started": 1.0}, self.now) for n in range(2)
        ]
        self._watchers = [
            FileWatcher(self.routes, self._offer, known=data, clock_ns=time.time_ns),
            FileWatcher(
                self.runtime / OVERRIDE, self.publisher.override, known=b"", clock_ns=time.time_ns
            ),
        ]
        self.unjudged = 0.0
        self.in_doubt: dict[str, int] = {}  # by route: pairs that wait for legacy's second answer
        self.behind: float | None = 0.1  # seconds; None: nobody measures
        self.publish()
        self.guarding = self.born()

    def _offer(self, data: bytes) -> None:
        self.publisher.offer(data)

    def born(self) -> Guarding:
        """A control process begins."""
        noise = NoiseLearner(Budget(0, 0), lambda: None)
        sources = Sources(
            self.fleet, Recent(), self.ledger, self.tables, noise, str(self.routes), self.lags
        )
        setting = Setting(Place(self.routes, self.runtime), "channel")
        guarding = Guarding(
            setting, sources,
            lambda: Ours(9 if self.unjudged else 0, self.unjudged, 2, self.in_doubt),
            lambda: self.now,
        )  # fmt: skip
        guarding.start()
        return guarding

    def killed(self) -> None:
        """The process is gone, with its locks; another one begins."""
        self.guarding.journal.close()
        self.guarding.holding.release()
        self.guarding = self.born()

    def publish(self) -> None:
        """The master looks at the files, the workers take what it published."""
        for watcher in self._watchers:
            watcher.poll()
        data = (self.runtime / TABLE).read_bytes()
        if self.tables.table is None or self.tables.table.version != load(data).file.version:
            self.tables.take(data)
        for worker in self.workers:
            content = {**self.counters, "version": self.tables.table and self.tables.table.version}
            self.fleet.take(worker, content, self.now)

    def edit(self, text: str) -> None:
        """A person saves the file, and it comes into force."""
        fresh = self.routes.with_name("fresh")
        fresh.write_text(text)
        fresh.replace(self.routes)
        self.publish()

    def count(self, new: int, new_errors: int, legacy: int, legacy_errors: int) -> None:
        """Clients' requests and errors of `item` since the start, in each worker."""
        self.counters["routes"]["item"] = {
            "requests": {"new": new, "legacy": legacy},
            "status": {"new": {"5xx": new_errors}, "legacy": {"5xx": legacy_errors}},
            "latency": {"new": empty(), "legacy": empty()},
        }

    def pairs(self, route: str, matched: int, mismatched: int = 0) -> None:
        """So many pairs of a route were compared just now."""
        config = next(one for one in self.tables.routes() if one.name == route)
        for at in range(matched + mismatched):
            outcome = Outcome.MISMATCHED if at < mismatched else Outcome.MATCHED
            pair = Pair(
                route, "GET", "/items", Answer(200, ms=5.0), Answer(200, ms=4.0),
                stage=config.stage.value, percent=config.percent, started=self.now,
            )  # fmt: skip
            verdict = Verdict(outcome)
            self.ledger.judged(pair, verdict)
            self.guarding.judged(pair, verdict)

    def failing_pairs(self, route: str, number: int) -> None:
        """In so many pairs of a route just now the new side could not be reached."""
        config = next(one for one in self.tables.routes() if one.name == route)
        pair = Pair(
            route, "GET", "/items", Answer(200, ms=5.0), Answer(0, error="connect"),
            stage=config.stage.value, percent=config.percent, started=self.now,
        )  # fmt: skip
        for _ in range(number):
            self.guarding.judged(pair, Verdict(Outcome.FAILED, cause="connect"))

    async def turn(self) -> None:
        """Two seconds pass: a look of the guards, one of the walks, with a master at work."""
        master = asyncio.create_task(self._master())
        try:
            self.now += 2.0
            self.measure()
            self.publish()
            await self.guarding.look(self.now)
            await self.guarding.walk(self.now)
            await self.guarding.look(self.now)
        finally:
            master.cancel()

    async def _master(self) -> None:
        while True:
            self.publish()
            await asyncio.sleep(0.001)

    def turns(self, number: int = 1) -> None:
        for _ in range(number):
            asyncio.run(self.turn())

    def stands(self, route: str = "item") -> str:
        return next(str(of(one)) for one in self.tables.routes() if one.name == route)

    def kind(self) -> str:
        return self.guarding.watching.verdicts["item"].kind.value

    def events(self, event: Event) -> list[Any]:
        return [one.entry for one in read(self.runtime / "journal") if one.entry.event is event]

    def moves(self, route: str = "item") -> list[str]:
        """Where a route went, as the journal tells."""
        return [one.after for one in self.events(Event.MOVE) if one.route == route]

    def measure(self) -> None:
        """The lag of the new side, as the control process measures it now."""
        self.lags.now = {} if self.behind is None else {"fresh": Lag(self.behind, self.now)}
        content = {
            name: {"seconds": lag.seconds, "at": lag.at, "reason": lag.reason}
            for name, lag in self.lags.now.items()
        }
        (self.runtime / LAG).write_text(json.dumps(content))
