"""Who may ask the admin port: names, origins, the token."""

import pytest
from starlette.testclient import TestClient

from facade.control.protection import COOKIE, Protected
from facade.routes.config.routefile import AdminOptions

TOKEN = "7" * 64
AUTHORISED = {"Authorization": f"Bearer {TOKEN}"}


async def inner(_scope, _receive, send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"through"})


def client(**options) -> TestClient:
    app = Protected(inner, TOKEN, lambda: AdminOptions(**options))
    return TestClient(app, base_url="http://127.0.0.1:8081", follow_redirects=False)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8081", 200), ("localhost", 200), ("LOCALHOST:8081", 200),
        ("shop.localhost", 200), ("[::1]:8081", 200), ("10.1.2.3", 200), ("rig.intern", 200),
        ("evil.example", 421), ("127.0.0.1.evil.example", 421), ("localhost.evil.example", 421),
        ("rig.intern.evil.example", 421), ("", 421), ("a b", 421), ("[", 421),
    ],
)  # fmt: skip
def test_only_names_of_this_port_are_answered(host: str, status: int) -> None:
    asked = client(hosts=("rig.intern",)).get("/api/status", headers={"Host": host, **AUTHORISED})
    assert asked.status_code == status


def test_readiness_is_asked_by_any_name() -> None:
    assert client().get("/readyz", headers={"Host": "facade:8001"}).status_code == 200
    assert client().get("/metrics", headers={"Host": "facade:8001"}).status_code == 421


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),  # no browser
        ({"Origin": "http://127.0.0.1:8081"}, 200),
        ({"Origin": "http://127.0.0.1:9999"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_no_page_of_another_origin_changes_something(method, headers, status) -> None:
    asked = client().request(method, "/api/compare/reset", headers=headers | AUTHORISED)
    assert asked.status_code == status


@pytest.mark.parametrize(
    "headers",
    [
        {}, {"Authorization": "Bearer"}, {"Authorization": "Bearer x"},
        {"Authorization": f"Basic {TOKEN}"}, {"Authorization": TOKEN},
        {"Authorization": f"Bearer {TOKEN[:-1]}"}, {"Cookie": f"{COOKIE}={TOKEN}"},
        {"Cookie": f"{COOKIE}="}, {"Cookie": "\x01"},
    ],
)  # fmt: skip
def test_without_the_token_nothing_is_shown(headers) -> None:
    asked = client().get("/api/status", headers=headers)
    assert asked.status_code == 401
    assert asked.headers["WWW-Authenticate"] == "Bearer"
    assert "keys/admin.token" in asked.json()["detail"]


@pytest.mark.parametrize("path", ["/readyz", "/metrics", "/.well-known/jwks.json"])
def test_each_open_endpoint_can_be_closed(path: str) -> None:
    assert client().get(path).status_code == 200
    assert client(open=()).get(path).status_code == 401
    assert client(open=()).get(path, headers=AUTHORISED).status_code == 200


def test_the_token_can_be_switched_off() -> None:
    assert client(token=False).get("/api/status").status_code == 200


def test_the_dashboard_is_opened_by_the_token() -> None:
    browser = client()
    page = {"Accept": "text/html"}
    assert browser.get("/", headers=page).headers["Location"] == "/login"
    assert 'type="password"' in browser.get("/login").text
    assert browser.post("/login", data={"token": "x"}).status_code == 403
    answer = browser.post("/login", data={"token": TOKEN})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and TOKEN not in cookie
    assert browser.get("/", headers=page).text == "through"
    assert browser.get("/api/status").text == "through"


def test_a_form_of_another_page_does_not_log_in() -> None:
    answer = client().post("/login", data={"token": TOKEN}, headers={"Origin": "http://evil"})
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_a_form_without_end_is_not_read() -> None:
    assert client().post("/login", content=b"token=" + b"7" * 10_000).status_code == 403
