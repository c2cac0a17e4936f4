"""The admin port's endpoints. They only read, except that evidence can be reset."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Query, Response
from prometheus_client import CollectorRegistry

from chassis.web.app import Problem, build_app
from facade.compare.evidence.evidence import Evidence, Forced, forced_of
from facade.control.absence.watch import Absence
from facade.control.admin import pages
from facade.control.admin.endpoints.absence import absence_router
from facade.control.admin.endpoints.failures import failures_router
from facade.control.admin.endpoints.jwks import jwks_router
from facade.control.admin.endpoints.moves import guards_view, moves_router
from facade.control.admin.endpoints.noise import noise_router
from facade.control.admin.endpoints.ofrep import ofrep_router
from facade.control.admin.endpoints.traces import traces_router
from facade.control.admin.metrics import FacadeCollector
from facade.control.admin.models.evidence import Comparison, Reset, RouteComparison
from facade.control.admin.models.status import RouteView, Status
from facade.control.admin.reports.exporting import NoSample, export_test
from facade.control.admin.reports.junit import junit
from facade.control.admin.reports.page import page
from facade.control.admin.views.comparison import route_comparison
from facade.control.admin.views.domains import domains_router
from facade.control.admin.views.status import Sources, route_views, status
from facade.control.evidence_store.sqlite import Store, StoreAway
from facade.control.guarding.guarding import Guarding
from facade.control.judging.pipeline import Pipeline
from facade.control.tracing.intake import Traces
from facade.machines.known import known_by
from facade.routes.config.routefile import RouteConfig
from facade.routes.explain import Question, explain
from facade.routes.matching.paths import TargetRefused
from facade.routes.stages import Stage
from facade.runtime.debts import standing

log = logging.getLogger("control")


@dataclass(slots=True)
class Control:
    """What the endpoints reach."""

    sources: Sources
    pipeline: Pipeline
    store: Store
    workers: int  # that should be there
    restarts: Callable[[], int]
    guarding: Guarding
    runtime: Path  # the folder in which the workers' memory lies
    absence: Absence
    traces: Traces


def create_app(control: Control, identity_key: Path | None = None) -> FastAPI:
    """The application of the admin port."""
    metrics = CollectorRegistry(auto_describe=False)
    metrics.register(FacadeCollector(control.sources, control.traces))
    app = build_app("Strangler Fig facade", lambda: _readiness(control), metrics)
    _add_status(app, control)
    _add_compare(app, control)
    _add_explain(app, control)
    app.include_router(noise_router(control.sources.noise, lambda: _known(control, None)))
    app.include_router(failures_router(control.sources.failures))
    app.include_router(domains_router(control.sources.tables, control.sources.attempts))
    app.include_router(absence_router(control.absence))
    app.include_router(traces_router(control.traces))
    app.include_router(moves_router(control.guarding))
    app.include_router(ofrep_router(lambda: control.sources.tables.table))
    app.include_router(pages.router)
    app.include_router(jwks_router(identity_key))
    return app


async def _readiness(control: Control) -> str | None:
    """Ready means: every worker said hello, decides by a table, and takes new connections."""
    living = [worker for worker in control.sources.fleet.living() if worker.version]
    ready = [worker for worker in living if not worker.draining]
    if len(ready) < control.workers:
        if len(living) >= control.workers:
            return "draining: new connections are refused, what is under way is answered"
        return f"{len(ready)} of {control.workers} workers have a table"
    return None if control.sources.tables.table else "no table is published"


def _add_status(app: FastAPI, control: Control) -> None:
    @app.get("/api/status", tags=["status"])
    async def api_status() -> Status:
        """What happens now: workers, routes, rates, latencies, evidence in short."""
        found = status(control.sources)
        found.moves = guards_view(control.guarding)
        found.workers_wanted = control.workers
        return found

    @app.get("/api/routes", tags=["status"])
    async def api_routes() -> list[RouteView]:
        """The routes of the table in force, defaults filled in."""
        return route_views(control.sources.tables)


def _add_compare(app: FastAPI, control: Control) -> None:
    @app.get("/api/compare", tags=["evidence"])
    async def api_compare(route: str | None = None) -> Comparison:
        """The evidence of one route, or of all."""
        return await _comparison(control, route)

    @app.get("/api/compare/report", tags=["evidence"])
    async def api_report(
        route: str | None = None, form: Literal["html", "json", "junit"] = "html"
    ) -> Response:
        """The same as a page for people, as JSON, or as JUnit XML for CI."""
        found = await _comparison(control, route)
        if form == "json":
            return Response(found.model_dump_json(indent=1), media_type="application/json")
        content, kind = (page(found), "text/html") if form == "html" else (junit(found), "text/xml")
        return Response(content, media_type=kind, headers=pages.SELF_CONTAINED)

    @app.get("/api/compare/test", tags=["evidence"])
    async def api_test(cluster: str) -> Response:
        """A pytest that shows one cluster's difference, as it was seen."""
        return Response(_test_of(control, cluster), media_type="text/x-python")

    @app.post("/api/compare/reset", tags=["evidence"])
    async def api_reset(route: str | None = None, who: str = "somebody", why: str = "") -> Reset:
        """Start a new window of evidence; the old one goes into the history."""
        _known(control, route)
        now = time.time()
        control.pipeline.doubts.forget()
        names = control.sources.ledger.reset(route, now)
        control.guarding.reset(names, who, why)
        return Reset(at=now, routes=names)

    @app.post("/api/compare/forced", tags=["evidence"])
    async def api_forced(route: str, stage: Stage, reason: str, against: str = "") -> Forced:
        """Keep, beside the evidence, why a route was promoted in spite of it."""
        _known(control, route)
        if not reason.strip():
            raise Problem(400, "no reason", "a promotion against the evidence needs a reason")
        words = {"stage": stage.value, "reason": reason, "against": against}
        step = forced_of({"at": time.time(), **words})
        control.sources.ledger.of(route, step.at).force(step)
        log.warning("%s to %s against the evidence: %s", route, stage.value, step.reason)
        return step


async def _comparison(control: Control, route: str | None) -> Comparison:
    return Comparison(
        now=time.time(),
        store=control.store.place,
        waiting=control.pipeline.backlog.pairs,
        restarts=control.restarts(),
        rechecks=control.pipeline.rechecks,
        routes=await _comparisons(control, route),
    )


def _test_of(control: Control, name: str) -> str:
    """The test of a cluster. An unknown one, or one without a request to repeat, is a problem."""
    sources = control.sources
    configs = {config.name: config for config in sources.tables.routes()}
    for route, evidence in sources.ledger.routes.items():
        cluster = evidence.clusters.by_id.get(name)
        if cluster is None:
            continue
        config = configs.get(route)
        rules = sources.tables.rules_of(config) if config else None
        try:
            return export_test(route, cluster, rules, sources.noise.mask(route, time.time()))
        except NoSample as error:
            raise Problem(409, "no test can be made", str(error)) from None
    raise Problem(404, "no such cluster", f"{name!r} is none of the ids in /api/compare")


async def _comparisons(control: Control, route: str | None) -> list[RouteComparison]:
    known = _known(control, route)
    ledger, now = control.sources.ledger, time.time()
    names = [route] if route else list(dict.fromkeys((*known, *ledger.routes)))
    found = []
    for name in names:
        config = known.get(name)
        if name not in ledger.routes and config is not None and config.compare is None:
            continue
        history = await _history(control.store, name)
        evidence = ledger.routes.get(name) or Evidence(name, since=now)
        found.append(route_comparison(evidence, config, control.sources, history))
    return found


async def _history(store: Store, route: str) -> list[bytes]:
    """The closed windows; none while the store is away, which the journal reports."""
    try:
        return await asyncio.to_thread(store.history, route)
    except StoreAway:
        return []


def _known(control: Control, route: str | None) -> dict[str, RouteConfig]:
    """The routes by name. An unknown route is a problem, 404."""
    known = {config.name: config for config in control.sources.tables.routes()}
    if route is not None and route not in known and route not in control.sources.ledger.routes:
        raise Problem(404, "no such route", f"routes: {', '.join(known) or 'none'}")
    return known


def _add_explain(app: FastAPI, control: Control) -> None:
    @app.get("/api/explain", tags=["status"])
    async def api_explain(
        path: str,
        method: str = "GET",
        header: Annotated[list[str] | None, Query(description="Name: value")] = None,
        cookie: Annotated[list[str] | None, Query(description="name=value")] = None,
        client: str = "127.0.0.1",
        user: str | None = None,
        new_available: bool = True,
        person: str = "",
    ) -> dict[str, Any]:
        """Where a request would go, and why."""
        table = control.sources.tables.table
        if table is None:
            raise Problem(503, "no table", "no table is published yet")
        question = Question(
            method,
            path,
            tuple(_pair(text, ":") for text in header or ()),
            tuple(_pair(text, "=") for text in cookie or ()),
            client,
            user,
            new_available,
            person=person,
        )
        try:
            counted = partial(standing, control.runtime)
            folder = Path(control.sources.file).parent
            proof = known_by(table.file.machines, folder, control.runtime).check
            return explain(table, question, counted, proof).as_json()
        except TargetRefused as error:
            raise Problem(400, "the facade refuses this target", str(error)) from None


def _pair(text: str, sign: str) -> tuple[str, str]:
    name, found, value = text.partition(sign)
    if not found or not name.strip():
        raise Problem(400, "bad parameter", f"expected NAME{sign}VALUE, not '{text}'")
    return name.strip(), value.strip()
