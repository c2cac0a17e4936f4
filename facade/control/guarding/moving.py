"""One edit of the route file, and the wait until every worker decides by it.

What cannot be edited (a read-only file, a broken edit in it) is overridden in the runtime folder
where the move leads toward legacy. What a person edited meanwhile comes first.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from chassis.process.files import swap
from facade.control.intake.fleet import Fleet
from facade.control.surroundings.tables import Tables
from facade.guard.position import Position, parse
from facade.routes.file.edit.flip import Flip, FlipRefused
from facade.routes.file.edit.together import EditedMeanwhile, Moved, move_together
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import version_of
from facade.runtime.override import Override, read_override, write_override

log = logging.getLogger("guarding")

PATIENCE_SECONDS = 5.0
POLL_SECONDS = 0.02
REFUSED_SECONDS = 1.5  # the master holds what may be half a file for a second


class NotMoved(Exception):
    """The move was not made; the message says why."""


class EditedFirst(NotMoved):
    """A person's edit comes first; the evidence after it decides."""


@dataclass(frozen=True, slots=True)
class Place:
    """The operator's file, and the folder of the facade."""

    routes: Path
    runtime: Path


class Mover:
    """Moves routes, and sees that it took effect; `on_moved` is called after each move."""

    def __init__(
        self, place: Place, tables: Tables, fleet: Fleet, on_moved: Callable[[], None]
    ) -> None:
        self._place, self._tables, self._fleet = place, tables, fleet
        self._on_moved = on_moved

    @property
    def override(self) -> Override | None:
        """What counts in place of the file now; None: the file does."""
        found, table = read_override(self._place.runtime), self._tables.table
        if found is None or table is None or table.version == found.file:
            return None
        there = {route.name: (route.stage.value, route.percent) for route in table.routes}
        agrees = all(there.get(name) == tuple(one) for name, one in found.routes.items())
        return found if agrees else None

    def enter_moves(self) -> None:
        """Enter in the journal what the table shows now."""
        self._on_moved()

    async def edit(self, flips: Sequence[Flip]) -> None:
        """Edit the file, and wait. Raises EditedFirst, NotMoved."""
        if self.override is not None:
            raise NotMoved("an override counts until the route file is edited")
        table = self._tables.table
        if table is None:
            raise NotMoved("no table is published")
        try:
            done = await asyncio.to_thread(move_together, self._place.routes, flips, table.version)
        except EditedMeanwhile as error:
            raise EditedFirst(str(error)) from None
        except (FlipRefused, RouteFileError) as error:
            raise NotMoved(str(error)) from None
        except OSError as error:
            raise NotMoved(f"{self._place.routes}: {error.strerror or error}") from None
        await self._in_force(done, table.version)
        self._on_moved()

    async def put_over(self, goals: Mapping[str, str], why: str, now: float) -> None:
        """Override the file with these positions, and wait. Raises NotMoved."""
        table, known = self._tables.table, self.override
        if table is None:
            raise NotMoved("no table is published")
        routes = dict(known.routes) if known else {}
        routes |= {name: _plain(parse(goal)) for name, goal in goals.items()}
        file = known.file if known else table.version
        try:
            write_override(self._place.runtime, Override(file, routes, why, now))
        except OSError as error:
            raise NotMoved(f"{self._place.runtime}: {error.strerror or error}") from None
        wanted = {name: parse(goal) for name, goal in goals.items()}
        if not await self._until(lambda: self._stand(wanted)):
            raise NotMoved("the override did not come into force in every worker yet")
        self._on_moved()

    def _stand(self, wanted: Mapping[str, Position]) -> bool:
        table = self._tables.table
        there = {r.name: Position(r.stage, r.percent) for r in table.routes} if table else {}
        return all(there.get(name) == one for name, one in wanted.items()) and self._everywhere()

    async def _in_force(self, done: Moved, before: str) -> None:
        if done.version == before:
            return
        loop = asyncio.get_running_loop()
        until = loop.time() + REFUSED_SECONDS

        def refused() -> bool:
            return loop.time() > until and self._refused(done)

        if await self._until(lambda: self._decide_by(done.version) or refused()):
            if self._decide_by(done.version):
                return
            errors = "; ".join(map(str, self._tables.reload().get("errors", [])))
            await asyncio.to_thread(self._take_back, done)
            raise NotMoved(f"the facade refused it: {errors}")
        raise NotMoved("not every worker decides by the new file yet")

    def _take_back(self, done: Moved) -> None:
        """What is refused must not stay in the file: it would stand in the way of others."""
        try:
            swap(self._place.routes.resolve(), done.data, done.flips[0].was.encode())
        except OSError as error:
            log.error("%s: %s", self._place.routes, error)

    def _refused(self, done: Moved) -> bool:
        reload = self._tables.reload()
        try:
            there = version_of(self._place.routes.read_bytes())
        except OSError:
            return False
        return not reload.get("ok", True) and there == done.version

    def _decide_by(self, version: str) -> bool:
        table = self._tables.table
        return table is not None and table.version == version and self._everywhere()

    def _everywhere(self) -> bool:
        table = self._tables.table
        return table is not None and self._fleet.all_decide_by(table.version)

    async def _until(self, met: Callable[[], bool]) -> bool:
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE_SECONDS
        while not met():
            if loop.time() > until:
                return False
            await asyncio.sleep(POLL_SECONDS)
        return True


def _plain(position: Position) -> tuple[str, int | None]:
    return position.stage.value, position.percent
