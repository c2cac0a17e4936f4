"""The app without its database: what it answers before anything is read."""

import pytest
from flask.testing import FlaskClient

from legacy_monolith.app import create_app
from legacy_monolith.settings import Settings


@pytest.fixture
def client() -> FlaskClient:
    settings = Settings(
        database_url="postgresql://nobody:x@127.0.0.1:1/nothing", secret_key="k" * 32
    )
    return create_app(settings).test_client()


def test_unknown_api_path_is_json(client: FlaskClient) -> None:
    answer = client.get("/api/nothing")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.get_data() == b'{"error":"not found"}'


def test_unknown_page_is_a_page(client: FlaskClient) -> None:
    answer = client.get("/nothing")
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert "Nothing here" in answer.text


@pytest.mark.parametrize("path", ["/api/login", "/cart/add"])
def test_wrong_method_names_the_right_one(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/checkout", "/orders", "/orders/SO-1", "/admin/products"])
def test_stranger_is_sent_to_the_login_by_a_relative_address(
    client: FlaskClient, path: str
) -> None:
    answer = client.get(path, headers={"Host": "shop.example:81"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/login?next={path}"


@pytest.mark.parametrize("path", ["/login", "/logout", "/cart/add", "/cart/update", "/register"])
def test_form_without_token_is_refused(client: FlaskClient, path: str) -> None:
    answer = client.post(path, data={"csrf": "guess"})
    assert answer.status_code == 400
    assert "This form has expired" in answer.text


def test_strangers_have_no_orders(client: FlaskClient) -> None:
    for answer in (client.get("/api/orders"), client.post("/api/orders", json={})):
        assert answer.status_code == 401
        assert answer.json == {"error": "not logged in"}
    assert client.get("/api/me").status_code == 401


@pytest.mark.parametrize("body", [None, [], {}, {"email": 1, "password": "x"}])
def test_login_without_credentials_is_refused(client: FlaskClient, body: object) -> None:
    assert client.post("/api/login", json=body).status_code == 400


def test_picture(client: FlaskClient) -> None:
    answer = client.get("/img/tent-orange.svg")
    assert answer.mimetype == "image/svg+xml"
    assert "max-age=86400" in answer.headers["Cache-Control"]
    assert client.get("/img/tent-pink.svg").status_code == 404


def test_too_large_a_body_is_refused(client: FlaskClient) -> None:
    answer = client.post("/api/login", data=b"x" * (1 << 21), content_type="application/json")
    assert answer.status_code == 413


def test_robots_and_icon(client: FlaskClient) -> None:
    assert "Disallow: /admin/" in client.get("/robots.txt").text
    icon = client.get("/favicon.ico", follow_redirects=True)
    assert icon.mimetype == "image/svg+xml"
