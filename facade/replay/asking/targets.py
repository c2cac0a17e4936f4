"""Who answers: the addresses of legacy, and of the new side of each route."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from facade.replay.asking.elsewhere import NOWHERE_ELSE, Elsewhere
from facade.routes.config.routefile import LEGACY, RouteFile
from facade.routes.route import Route
from facade.runtime.instances import read_instances

Urls = Sequence[str]


@dataclass(frozen=True, slots=True)
class Targets:
    """Addresses by upstream. `new_for_all` answers in place of every route's own new side."""

    upstreams: Mapping[str, Urls] = field(default_factory=dict)
    new_for_all: Urls = ()
    elsewhere: Mapping[str, Elsewhere] = field(default_factory=dict)  # by upstream

    @property
    def legacy(self) -> Urls:
        """Where legacy answers."""
        return self.upstreams.get(LEGACY, ())

    def new(self, route: Route) -> Urls:
        """Where the new side of a route answers; empty when there is none."""
        return self.new_for_all or (self.upstreams.get(route.new, ()) if route.new else ())

    def elsewhere_of(self, side: str, route: Route) -> Elsewhere:
        """What changes between clients and a side, `legacy` or `new`, of a route."""
        if side != LEGACY and self.new_for_all:
            return NOWHERE_ELSE
        return self.elsewhere.get(LEGACY if side == LEGACY else route.new or "", NOWHERE_ELSE)


def targets(
    file: RouteFile,
    runtime: Path | None,
    given: Mapping[str, Urls],
    new_for_all: str | None = None,
) -> Targets:
    """What was given, else the route file's addresses, else the registry's instances as the
    facade last wrote them into `runtime`."""
    instances = read_instances(runtime) if runtime else {}
    upstreams: dict[str, Urls] = {
        name: given.get(name) or config.urls or instances.get(config.service or "", [])
        for name, config in file.upstreams.items()
    }
    any_case = not file.facade.match_case
    elsewhere = {
        name: Elsewhere.of(config, any_case=any_case) for name, config in file.upstreams.items()
    }
    return Targets(upstreams, (new_for_all,) if new_for_all else (), elsewhere)
