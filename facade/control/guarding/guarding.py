"""Guards and walks of one facade: put together, and looked at several times a second.

Guards and walks have a task each: a hook that takes its time never delays a move back.

    look:  1 what the table shows goes into the journal   2 verdicts   3 moves back
    walk:  4 the step that is due, and its hooks
"""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from chassis.process.pace import came
from facade.compare.answers import Pair
from facade.compare.verdict import Verdict as PairVerdict
from facade.control.admin.views.status import Sources
from facade.control.guarding import hooks
from facade.control.guarding.holding import Holding
from facade.control.guarding.hooks import Happened
from facade.control.guarding.moving import Mover, Place
from facade.control.guarding.observing import Observer
from facade.control.guarding.record import Intent, Record, RecordFile, Retreat, walking
from facade.control.guarding.requesting import Parts, WalkRequests
from facade.control.guarding.retreating import Retreats
from facade.control.guarding.standing import Known
from facade.control.guarding.undoing import Undo
from facade.control.guarding.walking import Walks
from facade.control.guarding.watching import Ours, Watching
from facade.guard.verdict import Kind
from facade.journal.entry import Entry, Event
from facade.journal.folder import Journal, JournalAway, read
from facade.routes.config.routefile import RouteConfig
from facade.runtime.freeze import Frozen, frozen

log = logging.getLogger("guarding")

LOOK_SECONDS = 0.2
QUIET_SECONDS = 1.0  # between two looks while no client asks anything, and nothing goes back
WALK_SECONDS = 0.25
WINDOWS_SECONDS = 1.0
FOLDER = "journal"


@dataclass(frozen=True, slots=True)
class Setting:
    """Where things lie: the operator's file, the facade's folder; `channel` names the facade.

    `forced` is the reason why the first route file counts, whatever was in force before.
    """

    place: Place
    channel: str
    forced: str = ""

    @property
    def source(self) -> str:
        """From where this process moves routes."""
        return f"facade on {socket.gethostname()}, pid {os.getpid()}"


class Guarding:
    """Everything that moves routes by itself."""

    def __init__(
        self, setting: Setting, sources: Sources, ours: Callable[[], Ours],
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._setting, self._sources, self._clock = setting, sources, clock
        self.journal = Journal(setting.place.runtime / FOLDER)
        self._file = RecordFile(setting.place.runtime)
        self.record = Record()
        self.watching = Watching(sources, ours)
        self.mover = Mover(setting.place, sources.tables, sources.fleet, self._observe)
        self.holding = Holding(setting.place.routes, setting.source)
        self._windows_at = 0.0
        self._calls: set[asyncio.Task[str]] = set()
        self._started = False
        self._build()

    def _build(self) -> None:
        place, record = self._setting.place, self.record
        self.observer = Observer(record, self.journal, place.routes, self._on_move, self._sealed)
        self.retreats = Retreats(
            record, self._sources.tables, self.mover, self.save_anyway, self._setting.source
        )
        self.known = Known(self._sources, self.watching)
        parts = Parts(
            record, self.known, self.watching, self.mover, self.save, self.observer.enter,
            self._setting.source,
        )  # fmt: skip
        self.walks, self.requests = Walks(parts), WalkRequests(parts)
        self.undo = Undo(record, self._sources.tables, self.mover, self.journal, self.save)

    def now(self) -> float:
        """Unix seconds."""
        return self._clock()

    def start(self) -> None:
        """Take up what an earlier process left."""
        try:
            self.record = self._file.load()
        except ValueError as error:
            log.error("what was under way cannot be read, nothing goes on by itself: %s", error)
        self._build()
        self.watching.windows = self._file.load_windows(self._setting.channel)
        try:
            self.journal.open()
        except JournalAway as error:
            log.error("the journal cannot be written: %s", error)
            self.observer.away = str(error)

    def close(self) -> None:
        """Let another process act."""
        self._save_windows(self._clock())
        self.journal.close()
        self.holding.release()

    # what happens by itself

    async def run(self) -> None:
        """Look, until cancelled. A look that fails moves nothing, and the next one comes."""
        while True:
            try:
                await self.look(self._clock())
            except Exception:
                log.exception("a look at the guards failed")
            fleet = self._sources.fleet
            if fleet.quiet(self._clock()) and not self.record.retreats:
                fleet.news.clear()
                await came(fleet.news, QUIET_SECONDS)
            else:
                await asyncio.sleep(LOOK_SECONDS)

    async def run_walks(self) -> None:
        """Walk, until cancelled."""
        while True:
            try:
                await self.walk(self._clock())
            except Exception:
                log.exception("a look at the walks failed")
            await asyncio.sleep(WALK_SECONDS)

    async def look(self, now: float) -> None:
        """One look: what changed, what the evidence says, what has to go back."""
        table = self._sources.tables.table
        if table is None:
            return
        if not self._started:
            self._started = True
            self.observer.found_at_start(table, now, self._setting.forced)
            self.save_anyway()
        else:
            self._observe()
        self.watching.look(now)
        self._note_freeze(now)
        if self.stopped() == "":
            for config in self.watching.guarded():
                self._want(config, now)
            before = list(self.record.retreats)
            await self.retreats.carry_on(now)
            for retreat in before:
                if retreat not in self.record.retreats:
                    self._moved_back(retreat)
        if now - self._windows_at >= WINDOWS_SECONDS:
            self._save_windows(now)

    def _observe(self) -> None:
        """Enter what the table shows."""
        table = self._sources.tables.table
        if table is not None and self.observer.look(table, self._clock()):
            self.save_anyway()

    async def walk(self, now: float) -> None:
        """Take the steps that are due; none while something stops them."""
        if not self._started:
            return
        self._observe()  # a walk acts on nothing that the journal has not seen
        reason = self.stopped() or self.observer.away
        if reason:
            for walk in walking(self.record):
                walk.words, walk.seconds = reason, None
            return
        self._observe()  # else a person's edit could be taken for a step of the walk
        await self.walks.carry_on(now)

    def stopped(self) -> str:
        """Why nothing moves by itself now; empty: it may."""
        found = self.frozen()
        if found is not None:
            return f"frozen by {found.who}: {found.why} (fig freeze --off)"
        if not self.watching.guarded() and not walking(self.record):
            return ""
        return "" if self.holding.take() else self.holding.why_not

    @property
    def exposed(self) -> bool:
        """Whether clients depend on a guard now."""
        return self.watching.exposed

    def frozen(self) -> Frozen | None:
        """Who stopped automatic moves, if anybody did."""
        return frozen(self._setting.place.routes)

    def _want(self, config: RouteConfig, now: float) -> None:
        verdict = self.watching.verdicts.get(config.name)
        if verdict is None or verdict.kind is not Kind.BACK:
            self.record.noted.pop(config.name, None)
            return
        if self.retreats.want(config, verdict, verdict.numbers, now):
            retreat = self.record.retreats[-1]
            for walk in walking(self.record):
                if set(walk.routes) & set(retreat.goals):
                    walk.moved_back(now, verdict.words)
            self.save_anyway()
        elif any(config.name in one.goals for one in self.record.retreats):
            return
        elif self.watching.fault_over(config, now):
            self._reset_errors(config, now)
        elif self.record.noted.get(config.name) != verdict.cause:
            self.record.noted[config.name] = verdict.cause
            why = f"{verdict.cause}: {verdict.words}; it stays in {config.stage.value}"
            self.observer.enter(
                Entry(Event.GUARD, now, "facade", "guard", why, self._setting.source,
                      route=config.name, evidence=verdict.numbers)
            )  # fmt: skip
            self.save_anyway()

    def _reset_errors(self, config: RouteConfig, now: float) -> None:
        run = self.watching.windows[config.name].pairs.unfailing
        why = f"in the last {run:,} pairs the new side did not fail: its errors start at zero"
        self.watching.begin(config, now, why)
        self.record.noted.pop(config.name, None)
        self.observer.enter(
            Entry(Event.GUARD, now, "facade", "guard", why, self._setting.source, route=config.name)
        )
        self.save_anyway()

    def _moved_back(self, retreat: Retreat) -> None:
        routes = tuple(retreat.goals) or (retreat.cause,)
        after = next(iter(retreat.goals.values()), "")
        happened = Happened(hooks.BACK, routes, "", after, retreat.why, "facade")
        self.call_hooks(happened)

    def call_hooks(self, happened: Happened) -> None:
        """Call the hooks, without waiting for them."""
        task = asyncio.create_task(hooks.call(self.known.hooks(), happened))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    def _note_freeze(self, now: float) -> None:
        found = self.frozen()
        words = None if found is None else f"{found.who}: {found.why}"
        if words == self.record.frozen:
            return
        self.record.frozen = words
        who = found.who if found else "somebody"
        why = f"automatic moves stop: {found.why}" if found else "automatic moves are allowed again"
        self.observer.enter(
            Entry(Event.FREEZE, now, who, "person", why, str(self._setting.place.routes))
        )
        self.save_anyway()

    # what others report

    def judged(self, pair: Pair, verdict: PairVerdict) -> None:
        """A pair was compared."""
        self.watching.judged(pair, verdict)

    def reset(self, names: list[str], who: str, why: str) -> None:
        """Evidence of these routes was reset: their error budgets begin again."""
        now = self._clock()
        for config in self.watching.followed():
            if config.name in names:
                self.watching.begin(config, now, "the evidence was reset")
        for name in names:
            words = f"evidence and error budget begin again{': ' if why else ''}{why}"
            self.observer.enter(
                Entry(Event.RESET, now, who, "person", words, "fig compare --reset", route=name)
            )

    def farewell(self, who: str, why: str, source: str) -> bool:
        """Legacy has gone, wholly or in part; whether it was entered, or had been."""
        known = (kept.entry for kept in read(self.journal.folder))
        if any(one.event is Event.FAREWELL and one.why == why for one in known):
            return True
        entered = self.observer.enter(
            Entry(Event.FAREWELL, self._clock(), who, "person", why, source)
        )
        self.save_anyway()
        return entered

    def announce(self, intent: Intent) -> None:
        """Somebody is about to move routes."""
        self.record.intents.append(intent)
        self.save()

    def _on_move(self, route: str, intent: Intent) -> None:
        config = next((c for c in self.watching.followed() if c.name == route), None)
        if config is not None:
            self.watching.begin(config, self._clock(), f"{intent.by}: {intent.why}".strip(": "))
        if intent.by in ("person", "file", "found"):
            self.retreats.edited_by_hand(route)
            after = self.record.positions.get(route, "") if self.record.positions else ""
            self.walks.edited_by_hand(route, after, intent.who)

    def _sealed(self, route: str) -> dict[str, Any] | None:
        """The window that a move ends, to be kept beside the journal."""
        window = self.watching.windows.get(route)
        verdict = self.watching.verdicts.get(route)
        counts = self.watching.counts.get(route)
        if window is None:
            return None
        return {
            "window": asdict(window),
            "verdict": asdict(verdict) if verdict else None,
            "clients": asdict(counts) if counts else None,
        }

    def save(self) -> None:
        """Write the record. Raises OSError: what cannot be written down is not begun."""
        self._file.save(self.record, self._clock())

    def save_anyway(self) -> None:
        """As `save`; clients are moved back also where it cannot be written down."""
        try:
            self.save()
        except OSError as error:
            log.error("what is under way cannot be written: %s", error)

    def _save_windows(self, now: float) -> None:
        self._windows_at = now
        try:
            self._file.save_windows(self._setting.channel, self.watching.windows)
        except OSError as error:
            log.error("the guards' windows cannot be written: %s", error)
