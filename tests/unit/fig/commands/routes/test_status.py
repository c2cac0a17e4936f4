"""`fig status` of a facade that is named, and with nothing running."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from fig.__main__ import cli
from fig.clients import admin, running

ROUTE = {
    "name": "report", "stage": "shadow", "percent": None, "new": "reports",
    "requests": {"legacy": 3, "new": 0}, "rates": {"legacy": 1.0, "new": 0.0}, "failures": {},
    "fallback_share": None, "compare": {"completed": 2, "mismatched": 0},
}  # fmt: skip
OPENED = {"state": "open", "for": 3.0, "next_probe_in": 1.5, "why": "20 of 20 calls failed"}
STATUS = {
    "file": "/my/routes.yaml", "version": "abc", "reload": {"ok": True}, "routes": [ROUTE],
    "upstreams": {"reports": {"breaker": {"read": OPENED}}},
    "unmatched": {"requests": 0, "rate": 0.0, "failures": {}, "shapes": []},
}  # fmt: skip


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that were asked for their status."""
    seen: list[str] = []

    def get(base: str, path: str, **_: str) -> dict[str, Any]:
        seen.append(f"{base}{path}")
        return STATUS

    monkeypatch.setattr(admin, "get", get)
    return seen


@pytest.mark.parametrize("spelling", [":8081", "127.0.0.1:8081", "http://127.0.0.1:8081/"])
def test_a_facade_is_named_in_any_spelling(spelling: str, asked: list[str], tmp_path: Path) -> None:
    call = ["--home", str(tmp_path), "status", "--admin", spelling]
    done = CliRunner().invoke(cli, call)
    assert asked == ["http://127.0.0.1:8081/api/status"]
    assert done.exit_code == 0
    assert "/my/routes.yaml (version abc)" in done.output
    assert "facade toward reports: read open for 3 s" in done.output
    row = next(line for line in done.output.split("\n") if line.startswith("report"))
    assert row.split()[:2] == ["report", "shadow"]
    assert json.loads(CliRunner().invoke(cli, [*call, "--json"]).output) == STATUS


def test_what_is_no_address_is_a_wrong_call(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["--home", str(tmp_path), "status", "--admin", "8081"])
    assert done.exit_code == 2
    assert "'8081' is not HOST:PORT, :PORT or http://HOST:PORT" in done.output


@pytest.mark.parametrize(("shop", "start"), [(True, True), (False, False)])
def test_with_nothing_running_it_says_what_to_do(
    shop: bool, start: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "shop_here", lambda: shop)
    done = CliRunner().invoke(cli, ["--home", str(tmp_path), "status"])
    assert done.exit_code == 1
    assert "name a facade with --admin HOST:PORT" in done.output
    assert ("fig up" in done.output) is start
