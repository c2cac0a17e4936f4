"""Health, readiness, metrics and problems, without a socket."""

import httpx2
import pytest
from fastapi import Response
from prometheus_client import CollectorRegistry, Counter

from chassis.web.app import Problem, build_app, database_away, speak

AWAY = "The shop cannot reach its database. Please try again in a moment."


@pytest.fixture
def reasons() -> list[str | None]:
    """What the process says of its readiness next."""
    return [None]


@pytest.fixture
async def client(reasons):
    async def ready() -> str | None:
        return reasons[0]

    metrics = CollectorRegistry()
    Counter("stones", "Thrown", registry=metrics).inc(3)
    app = build_app("Test", ready, metrics)

    @app.get("/broken")
    async def broken() -> None:
        raise Problem(503, "Service Unavailable", "out of stones", {"Fig-Declined": "behind"})

    @app.get("/api/broken")
    async def broken_in_public() -> None:
        raise Problem(503, "Service Unavailable", "out of stones", {"Fig-Declined": "behind"})

    @app.get("/api/away")
    async def away() -> None:
        raise database_away(TimeoutError())

    @app.get("/api/counted/{number}")
    async def counted(number: int) -> None:
        raise ZeroDivisionError

    app.add_api_route("/counted/{number}", counted)
    app.add_api_route("/page/broken", broken)
    speak(app, "/api/")
    speak(app, "/page/", lambda problem: Response(problem.detail, headers=problem.headers))
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def test_alive_even_when_not_ready(client, reasons):
    reasons[0] = "asleep"
    assert (await client.get("/healthz")).status_code == 200


async def test_ready(client):
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "reason": None})
    assert answer.headers["content-type"] == "application/json"


async def test_not_ready_says_why(client, reasons):
    reasons[0] = "asleep"
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["reason"]) == (503, "asleep")


async def test_metrics(client):
    assert "stones_total 3.0" in (await client.get("/metrics")).text


async def test_a_problem_is_rendered_with_its_headers(client):
    answer = await client.get("/broken")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["fig-declined"] == "behind"
    assert answer.json()["detail"] == "out of stones"


async def test_unknown_path_and_method_are_problems(client):
    assert (await client.get("/nowhere")).headers["content-type"] == "application/problem+json"
    refused = await client.post("/healthz")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET")


PUBLIC = [
    ("GET", "/api/broken", 503, "out of stones"),
    ("GET", "/api/nowhere", 404, "not found"),
    ("POST", "/api/broken", 405, "method not allowed"),
    ("GET", "/api/counted/x", 400, "bad input"),
    ("GET", "/api/counted/1", 500, "Something went wrong on our side."),
    ("GET", "/api/away", 503, AWAY),
]


@pytest.mark.parametrize(("method", "path", "status", "words"), PUBLIC)
async def test_public_paths_speak_the_public_contract(client, method, path, status, words):
    answer = await client.request(method, path)
    assert (answer.status_code, answer.json()) == (status, {"error": words})
    assert answer.headers["content-type"] == "application/json"


async def test_our_own_headers_go_along(client):
    assert (await client.get("/api/broken")).headers["fig-declined"] == "behind"
    assert (await client.post("/api/broken")).headers["allow"] == "GET"


async def test_a_service_may_speak_in_another_way(client):
    answer = await client.get("/page/broken")
    assert (answer.status_code, answer.text) == (200, "out of stones")
    assert answer.headers["fig-declined"] == "behind"


@pytest.mark.parametrize(
    ("path", "status", "detail"),
    [("/counted/x", 422, "path.number: "), ("/counted/1", 500, "see the service's log")],
)
async def test_everything_else_is_a_problem(client, path, status, detail):
    answer = await client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert detail in answer.json()["detail"]
