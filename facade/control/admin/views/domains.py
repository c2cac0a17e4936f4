"""The domains of `/api/status`: owner and window by the route file, and how the last attempt to
move each ended, as `fig cutover` says it at its end.

What it said is kept for as long as this process runs; the record of the owning service outlasts it.
"""

import time

from fastapi import APIRouter

from chassis.web.app import Problem
from facade.control.admin.models import AttemptView, DomainView
from facade.control.surroundings.tables import Tables
from facade.routes.config.domainfile import NEW

LONGEST = 400  # characters of what was said

Attempts = dict[str, AttemptView]  # by domain


def domain_views(tables: Tables, attempts: Attempts) -> dict[str, DomainView]:
    """Those of the table in force."""
    known = tables.table.file.domains if tables.table else {}
    return {
        name: DomainView(
            owner=one.owner,
            window=one.window if one.owner == NEW else None,
            attempt=attempts.get(name),
        )
        for name, one in known.items()
    }


def domains_router(tables: Tables, attempts: Attempts) -> APIRouter:
    """The endpoint at which an attempt that has ended is told."""
    router = APIRouter(tags=["status"])

    @router.post("/api/domains/attempt")
    async def ended(domain: str, toward: str, who: str, words: str, good: bool) -> AttemptView:
        """How an attempt to move a domain ended; `good`: its owner is `toward` now."""
        if tables.table is None or domain not in tables.table.file.domains:
            raise Problem(404, "Not Found", f"the route file has no domain {domain!r}")
        said = AttemptView(at=time.time(), toward=toward, who=who, words=words[:LONGEST], good=good)
        attempts[domain] = said
        return said

    return router
