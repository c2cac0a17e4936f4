"""A request in a trace: its span, route and status; the logs and the calls inside belong to it."""

import json
import logging
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from chassis.process.telemetry import JsonLines
from chassis.tracing.context import traceparent
from chassis.tracing.server import traced

SENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0%d"


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI()

    @app.get("/orders/{number}")
    async def order(number: str) -> dict[str, str]:
        record = logging.LogRecord("x", logging.INFO, __file__, 1, "asked", (), None)
        return {"trace": traceparent(), "line": JsonLines("orders").format(record)}

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("no")

    return app


async def asked(app: FastAPI, path: str, trace: str) -> Any:
    transport = httpx2.ASGITransport(traced(app), raise_app_exceptions=False)
    headers = {"traceparent": trace} if trace else {}
    async with httpx2.AsyncClient(transport=transport, base_url="http://orders") as client:
        return await client.get(path, headers=headers)


async def test_a_sampled_request_leaves_a_span(app: FastAPI, taken: Any) -> None:
    answer = await asked(app, "/orders/R-1", SENT % 1)
    (span,) = taken()
    assert (span["name"], span["kind"], span["error"]) == ("GET /orders/{number}", "server", "")
    assert (span["trace"], span["parent"]) == (SENT[3:35], "00f067aa0ba902b7")
    assert span["attributes"] == {
        "http.request.method": "GET",
        "url.path": "/orders/R-1",
        "url.scheme": "http",
        "http.response.status_code": 200,
        "http.route": "/orders/{number}",
    }
    assert answer.json()["trace"].split("-")[2] == span["span"]
    line = json.loads(answer.json()["line"])
    assert (line["request_id"], line["span_id"]) == (span["trace"], span["span"])


async def test_one_that_is_not_sampled_is_named_in_the_logs_alone(app: FastAPI, taken: Any) -> None:
    answer = await asked(app, "/orders/R-1", SENT % 0)
    assert json.loads(answer.json()["line"])["request_id"] == SENT[3:35]
    assert taken() == []


async def test_without_a_trace_nothing_is_added(app: FastAPI, taken: Any) -> None:
    answer = await asked(app, "/orders/R-1", "")
    assert "request_id" not in json.loads(answer.json()["line"])
    assert answer.json()["trace"] == "" and taken() == []


async def test_a_fault_of_ours_is_an_error_of_the_span(app: FastAPI, taken: Any) -> None:
    answer = await asked(app, "/broken", SENT % 1)
    (span,) = taken()
    assert (answer.status_code, span["attributes"]["http.response.status_code"]) == (500, 500)
    assert span["error"] in ("500", "RuntimeError")
