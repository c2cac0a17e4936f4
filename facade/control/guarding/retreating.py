"""Moves back: begun by a verdict, carried on step by step until done, also by a successor.

The record holds where the routes shall go, not how far they are: that the table says. So killed at
any instant, the next look goes on from there.
"""

import logging
from collections.abc import Callable
from typing import Any

from facade.control.guarding.moving import EditedFirst, Mover, NotMoved
from facade.control.guarding.record import Intent, Record, Retreat
from facade.control.surroundings.tables import Tables
from facade.guard.position import Position, parse
from facade.guard.retreat import company, next_edit, targets
from facade.guard.verdict import Verdict
from facade.routes.config.routefile import RouteConfig
from facade.routes.file.edit.flip import Flip
from facade.routes.ownership import pinned

log = logging.getLogger("guarding")

WHO = "facade"
MOST_STEPS = 4  # of one retreat: canary 0 %, shadow, legacy


class Retreats:
    """`save` writes the record; `source` names this process."""

    def __init__(
        self, record: Record, tables: Tables, mover: Mover, save: Callable[[], None], source: str
    ) -> None:
        self._record, self._tables, self._mover = record, tables, mover
        self._save, self._source = save, source

    def want(
        self, config: RouteConfig, verdict: Verdict, evidence: dict[str, Any], now: float
    ) -> bool:
        """Begin to move a route back, with those of its seed; whether there is anything to move.

        One of them whose data the new side owns stays: everybody is at new there, and goes on so.
        """
        assert config.guard is not None
        table = self._tables.table
        if table is None or any(config.name in one.goals for one in self._record.retreats):
            return False
        stay = [one.name for one in company(table.routes, config.name) if pinned(one, table.file)]
        free = [one for one in table.routes if one.name not in stay]
        goals = targets(free, config.name, config.guard.on_breach)
        if config.name not in goals:
            return False
        goals_told = {name: str(goal) for name, goal in goals.items()}
        why = f"{verdict.cause} of {config.name}: {verdict.words}"
        if stay:
            why += f"; not moved, since the new side owns their data: {', '.join(stay)}"
        self._record.retreats.append(Retreat(config.name, goals_told, why, now, evidence))
        self._save()
        return True

    async def carry_on(self, now: float) -> None:
        """Take every step that is due."""
        for retreat in list(self._record.retreats):
            try:
                await self._finish(retreat, now)
            except EditedFirst as first:
                await self._edited(retreat, first, now)
            except NotMoved as reason:
                await self._over(retreat, str(reason), now)

    async def _finish(self, retreat: Retreat, now: float) -> None:
        for _ in range(MOST_STEPS):
            flips = self._due(retreat)
            if not flips:
                self._done(retreat)
                return
            intent = self._intent(retreat, {f.route: _position(f) for f in flips}, now)
            self._record.intents.append(intent)
            self._save()
            await self._mover.edit(flips)
            retreat.blocked = ""

    def _due(self, retreat: Retreat) -> tuple[Flip, ...]:
        goals = {name: parse(goal) for name, goal in retreat.goals.items()}
        return next_edit(self._tables.routes(), goals)

    async def _edited(self, retreat: Retreat, first: EditedFirst, now: float) -> None:
        """Wait for the edit to be judged; one that is refused leaves clients where they are."""
        if self._tables.reload().get("ok", True):
            retreat.blocked = str(first)
        else:
            await self._over(retreat, f"the edit in the route file is refused, {first}", now)

    async def _over(self, retreat: Retreat, reason: str, now: float) -> None:
        """Override what cannot be edited."""
        if not self._due(retreat):
            self._done(retreat)
            return
        log.warning("%s: %s; it is overridden", retreat.cause, reason)
        why = f"{retreat.why} (an override: {reason})"
        intent = self._intent(retreat, dict(retreat.goals), now)
        intent.why = why
        self._record.intents.append(intent)
        self._save()
        try:
            await self._mover.put_over(retreat.goals, why, now)
        except NotMoved as error:
            retreat.blocked = str(error)

    def _done(self, retreat: Retreat) -> None:
        if retreat in self._record.retreats:
            self._record.retreats.remove(retreat)
            self._save()

    def _intent(self, retreat: Retreat, routes: dict[str, str], now: float) -> Intent:
        return Intent(routes, WHO, "guard", retreat.why, self._source, now, retreat.evidence)

    def edited_by_hand(self, route: str) -> None:
        """A person moved a route: it leaves every move back that is under way."""
        for retreat in list(self._record.retreats):
            retreat.goals.pop(route, None)
            if not retreat.goals:
                self._record.retreats.remove(retreat)


def _position(flip: Flip) -> str:
    return str(Position(flip.stage, flip.percent))
