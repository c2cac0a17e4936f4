"""The short way in: what is in the table, what goes on, and how errors are answered."""

from typing import Any

import httpx2
import pytest
from joserfc.jwk import OKPKey
from pydantic import BaseModel

from chassis.readmodel.projection import declined
from chassis.web.callers import Callers, Credentials
from chassis.web.headers import BEHIND, DECLINED
from chassis.web.internal import LARGEST_BODY, DirectCalls, Reply


class Amount(BaseModel):
    """What a call takes."""

    amount: int


async def capture(name: str, body: bytes) -> Reply:
    if name == "away":
        raise ConnectionRefusedError("no database")
    if name == "broken":
        raise RuntimeError("a bug")
    if name == "late":
        raise declined(BEHIND, "not here yet")
    return 200, {"id": name, "amount": Amount.model_validate_json(body).amount}


async def hold(name: str, _: bytes) -> Reply:
    return 409, {"error": name}


async def behind(_: Any, __: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b"behind"})


@pytest.fixture
def http() -> httpx2.AsyncClient:
    calls = {("POST", "payments", "capture"): capture, ("PUT", "holds", ""): hold}
    transport = httpx2.ASGITransport(DirectCalls(calls, behind))
    return httpx2.AsyncClient(transport=transport, base_url="http://payments")


async def test_a_call_is_answered(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/payments/17/capture", json={"amount": 3})
    assert (answer.status_code, answer.json()) == (200, {"id": "17", "amount": 3})
    assert answer.headers["content-type"] == "application/json"
    assert (await http.put("/holds/17")).json() == {"error": "17"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("GET", "/payments/17/capture"), ("POST", "/payments/17"), ("POST", "/payments/17/void")),
        *(("POST", "/payments//capture"), ("POST", "/payments/1/7/capture"), ("PUT", "/holds/1/")),
        *(("PUT", "/holds"), ("GET", "/")),
    ],
)
async def test_everything_else_goes_on(http: httpx2.AsyncClient, method: str, path: str) -> None:
    assert (await http.request(method, path)).text == "behind"


@pytest.mark.parametrize(
    ("path", "body", "status", "detail"),
    [
        ("17", b'{"amount": "much"}', 422, "amount: "),
        ("17", b"no json", 422, ": Invalid JSON"),
        ("17", b"x" * (LARGEST_BODY + 1), 413, "at most"),
        ("away", b"{}", 503, "the database is away"),
        ("broken", b"{}", 500, "see the service's log"),
    ],
)
async def test_errors_are_problems(
    http: httpx2.AsyncClient, path: str, body: bytes, status: int, detail: str
) -> None:
    answer = await http.post(f"/payments/{path}/capture", content=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert detail in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "stranger", "caller"),
    [("/internal/articles", 401, 404), ("/api/products", 404, 404), ("/internals", 404, 404)],
)
async def test_private_paths_are_for_our_own_services(
    path: str, stranger: int, caller: int
) -> None:
    """Of the application behind, by the same tokens as the calls in the table."""
    key = OKPKey.generate_key("Ed25519", auto_kid=True)
    app = DirectCalls({}, behind, Callers("catalog", {"storefront": key}))
    known = {"authorization": f"Bearer {Credentials('storefront', key).token('catalog')}"}
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://catalog") as client:
        assert (await client.get(path)).status_code == stranger
        assert (await client.get(path, headers=known)).status_code == caller


async def test_a_refusal_keeps_its_headers(http: httpx2.AsyncClient) -> None:
    """A caller tells "not here yet" from "away" by them."""
    answer = await http.post("/payments/late/capture", content=b"{}")
    assert (answer.status_code, answer.headers[DECLINED]) == (503, BEHIND)
    assert answer.headers["content-type"] == "application/problem+json"
