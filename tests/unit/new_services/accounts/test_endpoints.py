"""What is answered when all is well is held against the monolith in the integration tests; here is
what it never says, and what our own services get.
"""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from joserfc.jwk import OKPKey
from prometheus_client import CollectorRegistry

from chassis.readmodel.projection import declined
from chassis.readmodel.watermark import NoFeed
from chassis.web.app import build_app
from chassis.web.callers import Callers, Credentials
from chassis.web.headers import BEHIND, DECLINED
from chassis.web.internal import DirectCalls
from contracts.logins import LoginsAway
from new_services.accounts.endpoints import LARGEST_BODY, Endpoints
from new_services.accounts.sessions import Opened
from new_services.accounts.views import Customer
from tests.rigs.shop.accounts import FakeOwn

ANNA = Customer(17, "a@x.example", "Anna", True, "Weg 1", "87629", "Füssen", "DE", "2024-01-02T03")
KEY = OKPKey.generate_key("Ed25519", auto_kid=True)
CUSTOMER = {"id": 17, "email": "a@x.example", "name": "Anna", "is_admin": True, "street": "Weg 1"}
CUSTOMER |= {"zip": "87629", "city": "Füssen", "country": "DE"}


class Sessions:
    """Played: knows one customer, by one cookie."""

    trouble: Exception | None = None
    own = FakeOwn()

    async def open(self, cookie: str | None, *, token: bool) -> Opened:
        self._fail()
        known = cookie == "annas"
        given = None if known or not token else "session=new; Path=/"
        return Opened(ANNA if known else None, "abc" if known or token else "", given)

    async def log_in(self, email: str, password: str) -> Opened | None:
        self._fail()
        right = (email, password) == (ANNA.email, "right")
        return Opened(ANNA, "fresh", "session=annas; Path=/") if right else None

    def log_out(self) -> str:
        return "session=; Max-Age=0"

    def _fail(self) -> None:
        if self.trouble is not None:
            raise self.trouble


@pytest.fixture
def sessions() -> Sessions:
    return Sessions()


@pytest.fixture
async def http(sessions: Any) -> AsyncIterator[httpx2.AsyncClient]:
    async def ready() -> None:
        return None

    endpoints = Endpoints(sessions, NoFeed())
    app = build_app("Accounts", ready, CollectorRegistry())
    endpoints.register(app)
    callers = Callers("accounts", {"storefront": KEY})
    transport = httpx2.ASGITransport(DirectCalls(endpoints.calls(), app, callers))
    async with httpx2.AsyncClient(transport=transport, base_url="http://accounts") as client:
        yield client


def called(http: httpx2.AsyncClient, name: str, body: object) -> Any:
    token = Credentials("storefront", KEY).token("accounts")
    headers = {"authorization": f"Bearer {token}"}
    return http.post(f"/sessions/{name}", content=json.dumps(body), headers=headers)


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        ("open", {"cookie": "annas", "token": True}, (CUSTOMER, "abc", None)),
        ("open", {"cookie": None, "token": False}, (None, "", None)),
        ("open", {"cookie": "x", "token": True}, (None, "abc", "session=new; Path=/")),
        (
            "login",
            {"email": "a@x.example", "password": "right"},
            (CUSTOMER, "fresh", "session=annas; Path=/"),
        ),
        ("login", {"email": "a@x.example", "password": "wrong"}, (None, "", None)),
    ],
)
async def test_our_own_services_get_an_answer(
    http: httpx2.AsyncClient, name: str, body: object, expected: tuple[Any, str, str | None]
) -> None:
    answer = await called(http, name, body)
    assert answer.status_code == 200
    assert answer.json() == dict(zip(("customer", "csrf", "set_cookie"), expected, strict=True))


async def test_they_log_somebody_out(http: httpx2.AsyncClient) -> None:
    assert (await called(http, "logout", {})).json() == {"set_cookie": "session=; Max-Age=0"}


async def test_nobody_else_may_call(http: httpx2.AsyncClient) -> None:
    for name in ("open", "login", "logout"):
        answer = await http.post(f"/sessions/{name}", json={"cookie": "annas", "token": False})
        assert answer.status_code == 401


@pytest.mark.parametrize(
    ("name", "body", "status", "detail"),
    [
        ("open", {"cookie": "annas"}, 422, "token: "),
        ("open", {"cookie": 7, "token": True}, 422, "cookie: "),
        ("login", {"email": "a"}, 422, "password: "),
        ("close", {}, 404, "expected open, login or logout"),
    ],
)
async def test_a_call_that_is_none_says_what_was_expected(
    http: httpx2.AsyncClient, name: str, body: object, status: int, detail: str
) -> None:
    answer = await called(http, name, body)
    assert (answer.status_code, detail in answer.json()["detail"]) == (status, True)


async def test_without_the_owner_a_login_is_a_503_in_the_monoliths_words(
    http: httpx2.AsyncClient, sessions: Sessions
) -> None:
    sessions.trouble = LoginsAway("played")
    answer = await http.post("/api/login", json={"email": "a", "password": "b"})
    words = "The shop cannot reach its database. Please try again in a moment."
    assert (answer.status_code, answer.json()) == (503, {"error": words})
    assert DECLINED.lower() not in answer.headers
    assert (await called(http, "login", {"email": "a", "password": "b"})).status_code == 503


async def test_one_who_has_not_arrived_is_declined(
    http: httpx2.AsyncClient, sessions: Sessions
) -> None:
    sessions.trouble = declined(BEHIND, "played")
    for answer in (
        await http.get("/api/me", headers={"cookie": "session=annas"}),
        await http.post("/api/login", json={"email": "a", "password": "b"}),
        await called(http, "open", {"cookie": "annas", "token": False}),
    ):
        assert (answer.status_code, answer.headers[DECLINED]) == (503, BEHIND)


async def test_a_body_too_large_is_not_read_as_a_login(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/api/login", content=b" " * (LARGEST_BODY + 1))
    assert (answer.status_code, answer.json()) == (413, {"error": "request entity too large"})
