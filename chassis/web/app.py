"""The HTTP application every service starts from: health, readiness, metrics, problems.

A failure is answered as problem+json to our own processes, and on public paths in the form that
clients already use: see `speak`.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.exceptions import HTTPException

log = logging.getLogger("web")

# Why the process cannot do its work just now, or None when it can.
Readiness = Callable[[], Awaitable[str | None]]


class JsonBytes(Response):
    """Ready bytes of JSON, with the content type the monolith sends."""

    media_type = "application/json"


def in_json(document: object, status: int = 200) -> JsonBytes:
    """The answer that is this document."""
    return JsonBytes(orjson.dumps(document), status)


class Problem(Exception):
    """A request that cannot be answered: rendered as problem+json (RFC 9457), see `speak`."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        headers: Mapping[str, str] | None = None,
        *,
        public: tuple[int, str] | None = None,
    ) -> None:
        """`public`: status and words of the contract, where it has its own for this."""
        super().__init__(f"{status} {title}: {detail}")
        self.status = status
        self.title = title
        self.detail = detail
        self.headers = headers
        self.public = public or (status, detail)


Render: TypeAlias = Callable[[Problem], Response]


def problem_document(problem: Problem) -> dict[str, object]:
    """The JSON of a problem."""
    return {"status": problem.status, "title": problem.title, "detail": problem.detail}


def problem_response(problem: Problem) -> Response:
    """The response for a Problem."""
    body = orjson.dumps(problem_document(problem))
    return Response(body, problem.status, problem.headers, media_type="application/problem+json")


def error_response(problem: Problem) -> Response:
    """The same in the public contract: `{"error": words}`."""
    status, words = problem.public
    return JsonBytes(orjson.dumps({"error": words}), status, problem.headers)


def speak(app: FastAPI, prefix: str, render: Render = error_response) -> None:
    """Problems on paths that begin so are rendered so; clients out there match on the words."""
    app.state.public[prefix] = render


def rendered(request: Request, problem: Problem) -> Response:
    """The response for a Problem on this path."""
    for prefix, render in request.app.state.public.items():
        if request.url.path.startswith(prefix):
            answer: Response = render(problem)
            return answer
    return problem_response(problem)


def database_away(error: Exception) -> Problem:
    """Nothing can be answered without it."""
    detail = f"the database is away: {type(error).__name__}"
    words = "The shop cannot reach its database. Please try again in a moment."
    return Problem(503, "Service Unavailable", detail, public=(503, words))


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return rendered(request, error)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status, title = error.status_code, error.detail
    public = (status, title.lower())
    detail = "no such resource or method"
    return rendered(request, Problem(status, title, detail, error.headers, public=public))


async def _on_bad_input(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    fault = error.errors()[0]
    detail = f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
    problem = Problem(422, "Unprocessable Content", detail, public=(400, "bad input"))
    return rendered(request, problem)


async def _on_failure(request: Request, _: Exception) -> Response:
    """A fault of ours; the server logs it."""
    public = (500, "Something went wrong on our side.")
    detail = "see the service's log"
    return rendered(request, Problem(500, "Internal Server Error", detail, public=public))


def build_app(
    title: str,
    ready: Readiness,
    metrics: CollectorRegistry,
    details: Callable[[], Mapping[str, Any]] = dict,
) -> FastAPI:
    """An application with `/healthz`, `/readyz` and `/metrics`; the service adds its routes.

    `details` are members of the answer of `/readyz`, beside `ready` and `reason`.
    """
    app = FastAPI(title=title, redirect_slashes=False)
    app.state.public = {}
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_bad_input)
    app.add_exception_handler(Exception, _on_failure)

    @app.get("/healthz", tags=["operation"])
    async def healthz() -> Response:
        """The process is alive."""
        return JsonBytes(b'{"alive":true}')

    @app.get("/readyz", tags=["operation"])
    async def readyz() -> Response:
        """The process can do its work; when not, 503 and the reason."""
        reason = await ready()
        found = {"ready": reason is None, "reason": reason, **details()}
        return in_json(found, 200 if reason is None else 503)

    @app.get("/metrics", tags=["operation"])
    async def scrape() -> Response:
        """Prometheus text."""
        return Response(generate_latest(metrics), media_type=CONTENT_TYPE_LATEST)

    return app
