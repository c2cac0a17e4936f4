"""Health, readiness, metrics and problems, without a socket."""

import httpx
import pytest
from prometheus_client import CollectorRegistry, Counter

from chassis.web import Problem, build_app


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

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
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
