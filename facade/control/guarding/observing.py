"""Each change of the table becomes an entry of the journal, with who announced it.

A program that moves a route announces it first (`fig flip`, a guard, a walk); a change that was
not announced was made by hand in the file, and the file's owner is named. Moves are entered in this
one place, so each is entered once, also when a process was killed in between.
"""

import logging
import pwd
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from facade.control.guarding.record import Intent, Record
from facade.guard.position import of
from facade.journal.entry import Entry, Event
from facade.journal.folder import Journal, JournalAway, read
from facade.routes.table import RouteTable

log = logging.getLogger("guarding")


class Observer:
    """Compares the table with what the journal knows. `on_move` is called for each route moved."""

    def __init__(
        self,
        record: Record,
        journal: Journal,
        routes: Path,
        on_move: Callable[[str, Intent], None],
        sealed: Callable[[str], dict[str, Any] | None] = lambda _route: None,
    ) -> None:
        self._record, self._journal, self._routes = record, journal, routes
        self._on_move, self._sealed = on_move, sealed
        self.away = ""  # why the journal cannot be written; empty: it can

    def look(self, table: RouteTable, now: float) -> bool:
        """Enter what changed; whether anything did."""
        there = {route.name: str(of(route)) for route in table.routes}
        before = self._record.positions
        if before is None:
            if not self._record.entered:
                words = f"the journal begins: {len(there)} routes"
                self.enter(Entry(Event.FOUND, now, "facade", "facade", words, str(self._routes)))
            self._record.positions = there
            return True
        changed = [name for name in {**before, **there} if before.get(name) != there.get(name)]
        self._moved({name: there.get(name, "") for name in sorted(changed)}, table.version, now)
        return bool(changed)

    def _moved(self, moved: Mapping[str, str], version: str, now: float) -> None:
        """Enter routes with where they stand now; empty: the file names it no more."""
        known = self._record.positions or {}
        entries, intents = [], {}
        for name, after in moved.items():
            intent = intents[name] = self._announced(name, after) or self._by_hand(now)
            event = Event.MOVE if intent.by != "found" else Event.FOUND
            entry = Entry(
                event, now, intent.who, "file" if intent.by == "found" else intent.by, intent.why,
                intent.source, name, known.get(name, ""), after, version,
                evidence=dict(intent.evidence), approver=intent.approver,
            )  # fmt: skip
            entries.append((entry, self._sealed(name)))
        if entries:
            self._enter(entries)
        for name, after in moved.items():
            self._record.positions = _changed(self._record.positions or {}, name, after)
            self._on_move(name, intents[name])

    def _announced(self, name: str, after: str) -> Intent | None:
        """The latest word that this route goes there; it counts for one move."""
        for intent in reversed(self._record.intents):
            if after and intent.routes.get(name) == after:
                del intent.routes[name]
                return intent
        return None

    def _by_hand(self, now: float) -> Intent:
        return Intent({}, owner(self._routes), "file", "", str(self._routes), now)

    def _catch_up(self) -> None:
        """Take in what was entered, but not yet noted when an earlier process was killed."""
        for kept in read(self._journal.folder):
            entry = kept.entry
            if kept.number <= self._record.entered:
                continue
            self._record.entered = kept.number
            if entry.event in (Event.MOVE, Event.FOUND) and entry.route:
                self._announced(entry.route, entry.after)
                known = self._record.positions or {}
                self._record.positions = _changed(known, entry.route, entry.after)

    def found_at_start(self, table: RouteTable, now: float, forced: str = "") -> None:
        """As `look`, for what changed while no facade ran; `forced` is the reason given, if any."""
        self._catch_up()
        there = {route.name: str(of(route)) for route in table.routes}
        known = self._record.positions
        if known is None:
            self.look(table, now)
            return
        for name in sorted({**known, **there}):
            before, after = known.get(name, ""), there.get(name, "")
            if before != after and self._unannounced(name, after):
                reason = f"; forced: {forced}" if forced else ""
                words = f"found at the start: it changed while no facade ran{reason}"
                self._record.intents.append(
                    replace(self._by_hand(now), routes={name: after}, by="found", why=words)
                )
        self.look(table, now)

    def _unannounced(self, name: str, after: str) -> bool:
        return not any(one.routes.get(name) == after for one in self._record.intents)

    def enter(self, entry: Entry, evidence: dict[str, Any] | None = None) -> bool:
        """Write an entry; whether that was possible."""
        return self._enter([(entry, evidence)])

    def _enter(self, entries: Sequence[tuple[Entry, dict[str, Any] | None]]) -> bool:
        try:
            kept = self._journal.append_all(entries)
        except JournalAway as error:
            if not self.away:
                log.error("the journal cannot be written: %s", error)
            self.away = str(error)
            return False
        self.away, self._record.entered = "", kept[-1].number
        for entry, _ in entries:
            log.info("journal: %s %s", entry.event, line_of(entry))
        return True


def line_of(entry: Entry) -> str:
    """An entry in one line, for the log."""
    way = f"{entry.before or 'not there'} → {entry.after or 'gone'}" if entry.route else ""
    return " ".join(filter(None, (entry.route, way, f"by {entry.who}:", entry.why)))


def owner(path: Path) -> str:
    """Who owns a file: the one who wrote it last, where editors replace it."""
    try:
        return pwd.getpwuid(path.resolve().stat().st_uid).pw_name
    except (OSError, KeyError):
        return "unknown"


def _changed(positions: Mapping[str, str], name: str, after: str) -> dict[str, str]:
    found = {**positions, name: after}
    if not after:
        found.pop(name)
    return found
