"""The route table in force, as the master published it, and what comes with it."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from chassis.process.files import read_object
from facade.master.publisher import RELOAD, TABLE
from facade.rewriting.answered import AnswerRewrite
from facade.routes.config.routefile import (
    LEGACY,
    CompareRules,
    FacadeOptions,
    RouteConfig,
    UpstreamConfig,
)
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import load
from facade.routes.file.steps import with_addresses
from facade.routes.table import RouteTable, compile_table

log = logging.getLogger("tables")


class Tables:
    """The last good table, and the addresses of upstreams. Reads files, keeps what it had."""

    def __init__(self, runtime: Path, addresses: dict[str, tuple[str, ...]]) -> None:
        self._runtime = runtime
        self._addresses = addresses  # that replace those of the file
        self._instances: dict[str, list[str]] = {}
        self.on_change: Callable[[], None] = lambda: None  # called after each new table
        self.table: RouteTable | None = None

    @property
    def path(self) -> Path:
        """The published file."""
        return self._runtime / TABLE

    def take(self, data: bytes) -> None:
        """Use a published table; a broken one is reported and the last one stays."""
        try:
            file = with_addresses(load(data, TABLE).file, self._addresses)
            self.table = compile_table(file)
        except (RouteFileError, KeyError) as error:
            log.error("the published table cannot be used: %s", error)
            return
        self.on_change()

    def options(self) -> FacadeOptions:
        """The section `facade`; its defaults while there is no table."""
        return self.table.options if self.table else FacadeOptions()

    def routes(self) -> tuple[RouteConfig, ...]:
        """The routes in the order of the file."""
        return self.table.routes if self.table else ()

    def path_of(self, route: str) -> str | None:
        """A route's path as the file has it; None: no route of the file."""
        return next((each.template for each in self.routes() if each.name == route), None)

    def rules_of(self, route: RouteConfig) -> CompareRules | None:
        """The comparison rules of a route."""
        name = route.compare.rules if route.compare else None
        return self.table.file.compare_rules.get(name) if self.table and name else None

    def instances(self, data: Mapping[str, list[str]]) -> None:
        """Take in the addresses of services."""
        self._instances = dict(data)

    def addresses(self, route: str, side: str) -> tuple[str, ...]:
        """Where one side of a route answers; nowhere when that is not known."""
        upstream = self._upstream(route, side)
        if upstream is None:
            return ()
        return upstream.urls or tuple(self._instances.get(upstream.service or "", ()))

    def rewriting(self, route: str, side: str) -> AnswerRewrite | None:
        """What becomes of one side's own addresses in its answers; None: nothing."""
        upstream = self._upstream(route, side)
        return None if upstream is None else AnswerRewrite.of(upstream)

    def _upstream(self, route: str, side: str) -> UpstreamConfig | None:
        name: str | None = LEGACY
        if side != LEGACY:
            name = next((config.new for config in self.routes() if config.name == route), None)
        return self.table.upstreams.get(name) if self.table and name else None

    def one_server(self, route: str) -> bool:
        """Whether legacy stands on both sides of a route, as in a calibration."""
        legacy = self.addresses(route, LEGACY)
        return bool(legacy) and legacy == self.addresses(route, "new")

    def reload(self) -> dict[str, Any]:
        """The master's verdict on the last edit of the route file."""
        return read_object(self._runtime / RELOAD) or {"ok": True, "errors": []}
