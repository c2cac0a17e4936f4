"""`fig explain`: what it says of a route that demands a machine, of limits and of pins."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from facade.commands.cli import main
from tests.rigs.machines import AUDIENCE, ISSUER, Issuer, add_key

ROUTES = f"""
upstreams: {{legacy: {{url: "http://127.0.0.1:1"}}, fresh: {{url: "http://127.0.0.1:2"}}}}
machines:
  keys: {{file: keys.json}}
  issuers: {{partners: {{issuer: "{ISSUER}", audience: {AUDIENCE}, jwks: jwks.json}}}}
limits: {{each: {{rate: 1/h, key: [api_key, client]}}}}
domains: {{goods: {{owner: new}}}}
routes:
  - {{name: stock, match: GET /stock, stage: legacy, limits: each,
     allow: {{scopes: "stock:read", mode: enforce}}}}
  - {{name: write, match: POST /goods, new: fresh, stage: new, domain: goods}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "routes.yaml").write_text(ROUTES)
    return tmp_path


def explain(folder: Path, *words: str) -> Result:
    command = ["explain", *words, "--routes", str(folder / "routes.yaml")]
    return CliRunner().invoke(main, command, catch_exceptions=False)


def test_what_a_route_demands_and_what_a_key_and_a_token_get(folder: Path) -> None:
    key = add_key(folder / "keys.json", "bookkeeper", "stock:read")
    token = Issuer(folder / "jwks.json").token(scope="other")
    said = explain(folder, "GET", "/stock", "--header", f"X-API-Key: {key}").output
    assert "demands   any API key or token that is known; with the scopes stock:read" in said
    assert "machine   api_key:bookkeeper is let in" in said and "challenge" not in said
    assert "limit each 1/h, burst 1, shadow; key api_key " in said
    assert key not in said
    said = explain(folder, "GET", "/stock", "--header", f"Authorization: Bearer {token}").output
    assert "machine   refused with 403: the request comes from a machine that lacks a" in said
    assert 'challenge Bearer realm="machines", error="insufficient_scope"' in said


def test_without_a_credential(folder: Path) -> None:
    Issuer(folder / "jwks.json")
    add_key(folder / "keys.json", "bookkeeper")
    found = json.loads(explain(folder, "GET", "/stock", "--json").output)["allow"]
    assert (found["status"], found["reason"], found["machine"]) == (401, "no-credential", None)


def test_a_pin_and_what_cannot_be_explained(folder: Path) -> None:
    assert "pinned" in explain(folder, "POST", "/goods").output
    assert explain(folder, "GET", "/%00").exit_code == 1
    (folder / "routes.yaml").write_text("routes: 1")
    assert explain(folder, "GET", "/stock").exit_code == 2
