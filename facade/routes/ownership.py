"""Which side owns the data behind a route: what the owner forbids, and what it pins at new.

A domain is a set of tables that change together, with the routes that read and write them.

    owner            writing routes    reading routes                `retired`
    legacy           anywhere          anywhere                      no: legacy's data counts
    moving           at new, pinned    anywhere                      no
    new, open        at new, pinned    anywhere: legacy is current   no: legacy is the way back
    new, closed      pinned            pinned: legacy is out of date yes

A pinned request is never sent to legacy: not by a stage, a guard, a fallback or an answer that
declines. Where the new side cannot be asked, it is answered with 503.
"""

from facade.routes.config.domainfile import CLOSED, MOVING, NEW, OLD, Domain
from facade.routes.config.routefile import RouteConfig, RouteFile
from facade.routes.stages import Stage

ALL_NEW = frozenset({Stage.NEW, Stage.RETIRED})  # stages in which legacy answers no request

# One step at a time, so that no edit takes a domain from its owner without a cutover.
_STEPS = {OLD: (MOVING,), MOVING: (OLD, NEW), NEW: (MOVING,)}


def not_yet(route: RouteConfig, file: RouteFile) -> str | None:
    """Why this route may not be in its stage, and what to do; None when it may."""
    domain = file.domains.get(route.domain or "")
    if domain is None:
        return None
    if route.stage not in ALL_NEW:
        return held(route, file, writes=route.writes)
    if route.stage is not Stage.RETIRED or (domain.owner == NEW and domain.window == CLOSED):
        return None
    if domain.owner == NEW:
        return (
            f"'{route.name}' cannot be retired while the window of its domain '{route.domain}' is"
            f" open: legacy is the way back; close it first (fig cutover {route.domain} --close)"
        )
    why = "legacy owns that data" if domain.owner == OLD else "its owner is changing"
    return (
        f"'{route.name}' cannot be retired before the cutover of its domain '{route.domain}':"
        f" {why}; keep the route at new"
    )


def held(route: RouteConfig, file: RouteFile, *, writes: bool) -> str | None:
    """Why requests of this route, those that write or those that read, may not go to legacy.

    None: they may.
    """
    domain = file.domains.get(route.domain or "")
    if domain is None or domain.owner == OLD:
        return None
    stays, name = f"'{route.name}' stays at new", route.domain
    if domain.owner == MOVING:
        reason = f"{stays}: its domain '{name}' is changing its owner (fig cutover {name})"
        return reason if writes else None
    if domain.window == CLOSED:
        return f"{stays}: the new side owns its domain '{name}', and legacy is out of date"
    way = f"fig cutover {name} --back"
    reason = f"{stays}: the new side owns its domain '{name}', and legacy refuses writes ({way})"
    return reason if writes else None


def trailing(file: RouteFile) -> frozenset[str]:
    """The domains whose writes legacy gets later: the new side owns them, or may already."""
    return frozenset(name for name, domain in file.domains.items() if domain.owner != OLD)


def pinned(route: RouteConfig, file: RouteFile) -> str | None:
    """Why no guard may move this route toward legacy, and what a person can do; None when it may.

    This holds for reading routes too: a breach of their guard is for a person to judge.
    """
    domain = file.domains.get(route.domain or "")
    if domain is None or domain.owner == OLD:
        return None
    who = "the new side owns" if domain.owner == NEW else "a cutover is under way in"
    return (
        f"'{route.name}' is not moved back by itself: {who} its domain"
        f" '{route.domain}' (fig cutover {route.domain} --back)"
    )


def step_of_owner(before: Domain, after: Domain | None) -> str | None:
    """Why a file may not change the owner from that one to this one; None when it may."""
    if after is None:
        kept = before.owner == OLD
        return None if kept else f"'{before.name}' is gone, and its owner is {before.words}"
    if before.owner == NEW and before.window == CLOSED:
        closed = after.owner == NEW and after.window == CLOSED
        return None if closed else f"the window of '{before.name}' is closed: nothing leads back"
    if after.owner == before.owner or after.owner in _STEPS[before.owner]:
        return None
    back = " --back" if before.owner == NEW else ""
    return (
        f"the owner of '{before.name}' cannot go from {before.owner} to {after.owner} by an edit:"
        f" fig cutover {before.name}{back}"
    )
