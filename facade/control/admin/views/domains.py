"""The domains of `/api/status`: owner and window by the route file, and how the last attempt to
move each ended, as `fig cutover` says it at its end.

What it said is kept in the runtime folder, so that it outlasts this process.
"""

import json
import logging
import time
from pathlib import Path

from fastapi import APIRouter
from pydantic import ValidationError

from chassis.process.files import read_object, write_whole
from chassis.web.app import Problem
from facade.control.admin.models.status import AttemptView, DomainView
from facade.control.surroundings.tables import Tables
from facade.routes.config.domainfile import NEW

LONGEST = 400  # characters of what was said

FILE = "attempts.json"

log = logging.getLogger("facade.control")


class Attempts:
    """The last attempt of each domain; without a file for as long as this process runs."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._by_domain: dict[str, AttemptView] = {}
        for domain, content in ((file and read_object(file)) or {}).items():
            try:
                self._by_domain[domain] = AttemptView.model_validate(content)
            except ValidationError as error:
                log.warning("%s: what it says of %s is not read: %s", file, domain, error)

    def of(self, domain: str) -> AttemptView | None:
        """None where there is none."""
        return self._by_domain.get(domain)

    def put(self, domain: str, said: AttemptView) -> None:
        """Keep it; where it cannot be written, as long as this process runs."""
        self._by_domain[domain] = said
        if self._file is None:
            return
        content = {name: one.model_dump() for name, one in self._by_domain.items()}
        try:
            write_whole(self._file, json.dumps(content))
        except OSError as error:
            log.warning("the last attempt of %s is not kept: %s", domain, error)


def domain_views(tables: Tables, attempts: Attempts) -> dict[str, DomainView]:
    """Those of the table in force."""
    known = tables.table.file.domains if tables.table else {}
    return {
        name: DomainView(
            owner=one.owner,
            window=one.window if one.owner == NEW else None,
            attempt=attempts.of(name),
        )
        for name, one in known.items()
    }


def domains_router(tables: Tables, attempts: Attempts) -> APIRouter:
    """The endpoint that takes in how an attempt ended."""
    router = APIRouter(tags=["status"])

    @router.post("/api/domains/attempt")
    async def ended(domain: str, toward: str, who: str, words: str, good: bool) -> AttemptView:
        """How an attempt to move a domain ended; `good`: its owner is `toward` now."""
        if tables.table is None or domain not in tables.table.file.domains:
            raise Problem(404, "Not Found", f"the route file has no domain {domain!r}")
        said = AttemptView(at=time.time(), toward=toward, who=who, words=words[:LONGEST], good=good)
        attempts.put(domain, said)
        return said

    return router
