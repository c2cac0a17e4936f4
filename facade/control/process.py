"""The control process: its parts, built once, and what runs beside the admin port."""

import asyncio
import importlib.util
import logging
import os
import socket
import time
from collections.abc import Mapping

from chassis.process.service import Background, serve
from facade.compare.evidence.evidence import forced_of
from facade.control.absence.watch import Absence
from facade.control.admin.app import Control, create_app
from facade.control.admin.views.domains import FILE as ATTEMPTS
from facade.control.admin.views.domains import Attempts
from facade.control.admin.views.machines import unknown_keys
from facade.control.admin.views.status import Sources
from facade.control.evidence_store.ledger import Ledger
from facade.control.evidence_store.sqlite import FILE, SqliteStore, Store, StoreAway
from facade.control.evidence_store.writer import Journal, Kept
from facade.control.guarding.guarding import Guarding, Setting
from facade.control.guarding.moving import Place
from facade.control.guarding.watching import Ours
from facade.control.intake.fleet import Fleet
from facade.control.intake.listener import Intake, listen
from facade.control.intake.recent import Recent
from facade.control.judging.asking import LEARNING_AT_ONCE, MOST_AT_ONCE, Asker
from facade.control.judging.budget import Budget
from facade.control.judging.comparator import Comparator, RouteRules
from facade.control.judging.noise import NoiseLearner
from facade.control.judging.pipeline import Parts, Pipeline
from facade.control.judging.priority import keep_idle
from facade.control.protection import Protected
from facade.control.reporting.failures import Failures
from facade.control.reporting.reporter import Reporter
from facade.control.settings import ControlSettings
from facade.control.surroundings.issuers import Issuers
from facade.control.surroundings.lags import Lags
from facade.control.surroundings.tables import Tables
from facade.control.tracing.intake import Traces
from facade.control.tracing.otlp import export_to
from facade.control.tracing.store import FILE as TRACES
from facade.control.tracing.store import TraceStore
from facade.routes.config.routefile import AdminOptions
from facade.runtime.instances import Instances, read_instances
from facade.runtime.statefolder import take_forced
from facade.runtime.watcher import FileWatcher, watch

log = logging.getLogger("control")

SNAPSHOT_SECONDS = 0.5
RECHECK_BURST = 50.0
NOISE_BURST = 5.0
MASK_SECONDS = 60.0  # after so long a mask is looked at again: its places may have expired
_POLL_SECONDS = 0.1


class _Process:
    """Everything of one control process."""

    def __init__(self, settings: ControlSettings) -> None:
        self._settings = settings
        self.fleet, self.ledger = Fleet(), Ledger()
        self.recent, self.recent_shapes = Recent(), Recent()
        self.absence = Absence(settings.workers, time.time())
        self.tables = Tables(settings.runtime, settings.upstreams)
        self.comparator, self.asker = Comparator(), self._asker()
        self.learner = self._asker(LEARNING_AT_ONCE)
        self.lags = Lags(self.tables, settings.runtime, quiet=lambda: self.fleet.quiet(time.time()))
        self.issuers = Issuers(self.tables, settings.runtime, self._unknown_keys)
        self._rules_changed = asyncio.Event()
        self.noise = NoiseLearner(Budget(settings.noise_rate, NOISE_BURST), self._rules_changed.set)
        parts = Parts(
            comparator=self.comparator, asker=self.asker, learner=self.learner,
            budget=Budget(settings.recheck_rate, RECHECK_BURST), ledger=self.ledger,
            noise=self.noise, one_server=self.tables.one_server,
        )  # fmt: skip
        self.pipeline = Pipeline(parts)
        self.store = _store(settings)
        kept = Kept(self.ledger, self.fleet, self.noise)
        self.journal = Journal(self.store, kept, str(settings.channel))
        self.reporter = Reporter(self.fleet, self.tables)
        self.failures = Failures()
        self.traces = Traces(
            TraceStore(settings.runtime / TRACES), self.tables.path_of, export_to(settings)
        )
        self.sources = self._sources()
        place = Place(settings.routes, settings.runtime)
        self.guarding = Guarding(
            Setting(place, str(settings.channel), settings.force), self.sources, self._ours
        )
        self.ledger.on_judged = self.guarding.judged
        self.intake = Intake(self.fleet, self.ledger, self.pipeline, self.failures, self.traces)
        self.tables.on_change = self._table_changed

    def _asker(self, at_once: int = MOST_AT_ONCE) -> Asker:
        tables = self.tables
        return Asker(tables.addresses, at_once=at_once, rewriting=tables.rewriting)

    def control(self) -> Control:
        """What the endpoints reach."""
        return Control(
            self.sources,
            self.pipeline,
            self.store,
            self._settings.workers,
            lambda: self.comparator.restarts,
            self.guarding,
            self._settings.runtime,
            self.absence,
            self.traces,
        )

    def _sources(self) -> Sources:
        return Sources(
            self.fleet,
            self.recent,
            self.ledger,
            self.tables,
            self.noise,
            str(self._settings.routes),
            self.lags,
            self.recent_shapes,
            self.reporter.news,
            self.failures,
            self.pipeline.in_doubt,
            attempts=Attempts(self._settings.runtime / ATTEMPTS),
            issuers=self.issuers.errors,
        )

    def _ours(self) -> Ours:
        """How our own parts do, for the guards."""
        unjudged = time.monotonic() - self.pipeline.judged_at
        pipeline, workers = self.pipeline, self._settings.workers
        return Ours(pipeline.backlog.pairs, unjudged, workers, pipeline.in_doubt)

    def background(self) -> list[Background]:
        """What runs beside the admin port."""
        settings = self._settings
        work: list[Background] = [
            lambda: listen(settings.channel, self.intake),
            self.pipeline.run,
            self.journal.run,
            self._follow_table,
            self._follow_rules,
            self._expire_masks,
            self._snapshots,
            self.lags.run,
            self.issuers.run,
            self.reporter.run,
            self.traces.run,
            self.guarding.run,
            self.guarding.run_walks,
            lambda: keep_idle(
                lambda: self.comparator.busy_seconds, self._pids, lambda: self.guarding.exposed
            ),
        ]
        if settings.nats_url is not None:
            work += [self._discover, self._hear_services]
        return work

    def _unknown_keys(self) -> Mapping[str, int]:
        return unknown_keys(worker.counters for worker in self.fleet.living())

    def _pids(self) -> list[int]:
        comparing = self.comparator.pid
        return [os.getpid()] if comparing is None else [os.getpid(), comparing]

    def admin_options(self) -> AdminOptions:
        """Who may ask the admin port, by the table in force."""
        table = self.tables.table
        return AdminOptions() if table is None else table.options.admin

    async def close(self) -> None:
        """End what is not a task."""
        self.guarding.close()
        await self.comparator.close()
        await self.asker.close()
        await self.learner.close()

    def start(self) -> None:
        """Take up what an earlier process left."""
        self.journal.restore()
        log.info("evidence lies in %s", self.store.place)
        for step in take_forced(self._settings.routes):
            self.ledger.of(str(step.get("route")), time.time()).force(forced_of(step))
        instances = read_instances(self._settings.runtime)
        self.tables.instances(instances)
        self.guarding.watching.expect(instances)
        if self.tables.path.exists():
            self.tables.take(self.tables.path.read_bytes())
        self.guarding.start()

    async def _follow_table(self) -> None:
        watcher = FileWatcher(self.tables.path, self.tables.take, known=None, clock_ns=time.time_ns)
        await watch(watcher, _POLL_SECONDS)

    def _table_changed(self) -> None:
        self.pipeline.doubts.forget()
        self._rules_changed.set()

    async def _follow_rules(self) -> None:
        while True:
            await self._rules_changed.wait()
            self._rules_changed.clear()
            await self.comparator.use(self._rules())

    async def _expire_masks(self) -> None:
        while True:
            await asyncio.sleep(MASK_SECONDS)
            self._rules_changed.set()

    def _rules(self) -> RouteRules:
        now = time.time()
        return {
            route.name: (self.tables.rules_of(route), self.noise.mask(route.name, now))
            for route in self.tables.routes()
        }

    async def _snapshots(self) -> None:
        while True:
            total, now = self.fleet.total(), time.monotonic()
            self.recent.take(now, total["routes"], self.ledger.latencies())
            self.recent_shapes.take(now, total["unmatched"], {})
            self.absence.look(self.fleet, now, time.time())
            await asyncio.sleep(SNAPSHOT_SECONDS)

    async def _discover(self) -> None:
        from facade.control.surroundings.discovery import discover

        assert self._settings.nats_url is not None
        runtime = self._settings.runtime
        await discover(self._settings.nats_url, runtime, self._instances_changed, self._registered)

    async def _hear_services(self) -> None:
        from facade.control.tracing.bus import hear

        assert self._settings.nats_url is not None
        await hear(self._settings.nats_url, self.traces)

    def _registered(self, services: frozenset[str]) -> None:
        self.guarding.watching.services(services, time.time())

    def _instances_changed(self, found: Instances) -> None:
        self.tables.instances(found)
        self.lags.look()  # a flip may wait for it, and it is a second until the next time


def _store(settings: ControlSettings) -> Store:
    """Raises StoreAway: evidence that is to be kept elsewhere is not begun here."""
    if settings.evidence_url is None:
        return SqliteStore(settings.runtime / FILE)
    if importlib.util.find_spec("psycopg") is None:
        raise StoreAway("FACADE_EVIDENCE_URL needs psycopg: pip install 'psycopg[binary]'")
    from facade.control.evidence_store.postgres import PostgresStore

    return PostgresStore(settings.evidence_url)


async def serve_control(settings: ControlSettings, port: socket.socket, token: str) -> None:
    """Run until a signal."""
    process = _Process(settings)
    process.start()
    app = Protected(
        create_app(process.control(), settings.identity_key), token, process.admin_options
    )
    try:
        await serve(app, port, process.background())
    finally:
        await process.close()
