"""A trace is found by the admin port, or said not to be known."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from chassis.web.app import Problem, problem_response
from facade.control.admin.endpoints.traces import traces_router
from facade.control.tracing.intake import Traces
from facade.control.tracing.store import TraceStore
from tests.unit.facade.control.tracing.test_workers import TRACE, path_of, report, row


def test_by_its_id(tmp_path: Path) -> None:
    traces = Traces(TraceStore(tmp_path / "t", kept=1e12), path_of)
    traces.workers(report(row()))
    app = FastAPI()
    app.include_router(traces_router(traces))
    app.add_exception_handler(Problem, lambda _, error: problem_response(error))  # type: ignore[arg-type]
    client = TestClient(app)
    spans = client.get(f"/api/traces/{TRACE}").json()["spans"]
    assert [one["name"] for one in spans] == ["GET /article/{sku}", "ask new", "ask legacy"]
    assert {one["service"] for one in spans} == {"facade"}
    missing = client.get("/api/traces/R-1")
    assert (missing.status_code, missing.json()["title"]) == (404, "nothing is known of R-1")
