"""Which side owns the data behind a route: a stage that the owner does not allow yet is refused.

A domain is a set of tables that change together, with the routes that read and write them. Until
its cutover legacy owns it: a retired route would leave its data with a side that it never asks.
"""

from facade.routes.routefile import LEGACY, RouteConfig, RouteFile
from facade.routes.stages import Stage


def not_yet(route: RouteConfig, file: RouteFile) -> str | None:
    """Why this route of the file may not stand where it stands, and what to do; None: it may."""
    domain = file.domains.get(route.domain or "")
    if route.stage is not Stage.RETIRED or domain is None or domain.owner != LEGACY:
        return None
    return (
        f"'{route.name}' cannot be retired before the cutover of its domain '{route.domain}':"
        f" legacy owns that data; keep the route at new"
    )


def pinned(route: RouteConfig, file: RouteFile) -> str | None:
    """Why no machine may move this route toward legacy, and what a person can do; None: it may.

    Once the new side owns its data, a write that went to legacy again would meet a fence.
    """
    domain = file.domains.get(route.domain or "")
    if domain is None or domain.owner == LEGACY:
        return None
    return (
        f"'{route.name}' is not moved back by itself: the new side owns its domain"
        f" '{route.domain}' (fig cutover {route.domain} --back)"
    )
