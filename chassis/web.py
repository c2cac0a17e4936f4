"""The HTTP application every service starts from: health, readiness, metrics, problems."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.exceptions import HTTPException

log = logging.getLogger("web")

# Why the process cannot do its work just now, or None when it can.
Readiness = Callable[[], Awaitable[str | None]]


class JsonBytes(Response):
    """Ready bytes of JSON, with the content type the monolith sends."""

    media_type = "application/json"


class Problem(Exception):
    """A request that cannot be answered: rendered as problem+json (RFC 9457)."""

    def __init__(
        self, status: int, title: str, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(f"{status} {title}: {detail}")
        self.status = status
        self.title = title
        self.detail = detail
        self.headers = headers


def problem_document(problem: Problem) -> dict[str, object]:
    """What is told of it."""
    return {"status": problem.status, "title": problem.title, "detail": problem.detail}


def problem_response(problem: Problem) -> Response:
    """The answer that a Problem stands for."""
    body = orjson.dumps(problem_document(problem))
    return Response(body, problem.status, problem.headers, media_type="application/problem+json")


async def _on_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return problem_response(error)


async def _on_http_exception(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem_response(
        Problem(error.status_code, error.detail, "no such resource or method", error.headers)
    )


def _nothing_more() -> Mapping[str, Any]:
    return {}


def build_app(
    title: str,
    ready: Readiness,
    metrics: CollectorRegistry,
    details: Callable[[], Mapping[str, Any]] = _nothing_more,
) -> FastAPI:
    """An application with `/healthz`, `/readyz` and `/metrics`; the service adds its routes.

    `details` are members of the answer of `/readyz`, beside `ready` and `reason`.
    """
    app = FastAPI(title=title, redirect_slashes=False)
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(HTTPException, _on_http_exception)

    @app.get("/healthz", tags=["operation"])
    async def healthz() -> Response:
        """The process is alive."""
        return JsonBytes(b'{"alive":true}')

    @app.get("/readyz", tags=["operation"])
    async def readyz() -> Response:
        """The process can do its work; when not, 503 and the reason."""
        reason = await ready()
        body = orjson.dumps({"ready": reason is None, "reason": reason, **details()})
        return JsonBytes(body, 200 if reason is None else 503)

    @app.get("/metrics", tags=["operation"])
    async def scrape() -> Response:
        """Prometheus text."""
        return Response(generate_latest(metrics), media_type=CONTENT_TYPE_LATEST)

    return app
