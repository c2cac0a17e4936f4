"""What is known of the routes of a walk: where they stand, their evidence, what speaks against."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from facade.compare.evidence.evidence import Evidence
from facade.compare.evidence.promotion import Known as Asked
from facade.compare.evidence.promotion import has_pairs, objections, promotes
from facade.control.admin.views.comparison import route_comparison
from facade.control.admin.views.status import Sources, route_status
from facade.control.guarding.watching import Watching
from facade.guard.plan import NoWay
from facade.guard.position import Position, of
from facade.guard.retreat import company
from facade.guard.walk import Standing, Walk
from facade.routes.config.routefile import RouteConfig
from facade.routes.config.walkfile import Hooks, Plan
from facade.routes.file.edit.flip import FlipRefused, find_route
from facade.routes.stages import Stage


class Known:
    """Reads tables, evidence and windows; changes nothing."""

    def __init__(self, sources: Sources, watching: Watching) -> None:
        self._sources, self._watching = sources, watching

    def standing(self, walk: Walk, step: Position | None = None) -> dict[str, Standing]:
        return {one.name: self._of(one, step) for one in self.configs(walk.routes)}

    def _of(self, config: RouteConfig, step: Position | None) -> Standing:
        sources, watching = self._sources, self._watching
        evidence = sources.ledger.routes.get(config.name)
        window = watching.windows.get(config.name)
        copied = config.compare is not None and config.compare.sample > 0 and has_pairs(config)
        return Standing(
            position=of(config),
            verdict=watching.verdicts.get(config.name),
            copied=copied,
            pairs=window.pairs.compared if window else 0,
            mismatched=evidence.total.mismatched if evidence else 0,
            compared=evidence.total.compared if evidence else 0,
            in_doubt=watching.in_doubt(config),
            pace=evidence.pace.per_second(watching.now) if evidence else 0.0,
            requests=watching.asked_new(config),
            against=tuple(self._objections(config, step)) if step else (),
        )

    def _objections(self, config: RouteConfig, step: Position) -> list[str]:
        sources, table = self._sources, self._sources.tables.table
        if table is None or not promotes(config, step.stage, step.percent):
            return []
        now = self._watching.now
        evidence = sources.ledger.routes.get(config.name) or Evidence(config.name, since=now)
        compared = route_comparison(evidence, config, sources, ()).model_dump()
        counted = route_status(sources, config, sources.fleet.total()["routes"]).model_dump()
        today = date.today()  # noqa: DTZ011 - end dates are days on the wall
        return objections(table.file, config, step.stage, Asked(compared, counted), today)

    def numbers(self, walk: Walk) -> dict[str, Any]:
        standing = self.standing(walk)
        return {
            f"{name}.{key}": value
            for name, one in standing.items() if one.copied
            for key, value in (("pairs", one.compared), ("differ", one.mismatched))
        }  # fmt: skip

    def configs(self, names: Sequence[str]) -> tuple[RouteConfig, ...]:
        """These routes and those that move with them. Raises NoWay."""
        table = self._sources.tables.table
        if table is None:
            raise NoWay("no table is published yet")
        try:
            asked = [find_route(table.file, name) for name in names]
        except FlipRefused as unknown:
            raise NoWay(str(unknown)) from None
        for one in asked:
            if one.new is None:
                raise NoWay(f"'{one.name}' names no new side: add 'new: UPSTREAM' to the route")
            if one.stage is Stage.RETIRED:
                raise NoWay(f"'{one.name}' is retired, and nothing leads back")
            if one.stage is Stage.LEGACY and one.compare is None:
                raise NoWay(f"'{one.name}' has no compare.sample, and its way leads through shadow")
        found = {one.name: one for name in names for one in company(table.routes, name)}
        return tuple(found.values())

    def plan_of(self, configs: Sequence[RouteConfig]) -> Plan:
        table = self._sources.tables.table
        names = {one.plan for one in configs if one.plan}
        if len(names) > 1:
            raise NoWay(f"these routes have different plans ({', '.join(sorted(names))}): --plan")
        return table.file.plans[names.pop()] if names and table else Plan()

    def plans(self) -> Mapping[str, Plan]:
        """The plans of the route file, by name."""
        table = self._sources.tables.table
        return table.file.plans if table else {}

    def hooks(self) -> Hooks:
        """The hooks that the route file names."""
        table = self._sources.tables.table
        return table.options.hooks if table else Hooks()
