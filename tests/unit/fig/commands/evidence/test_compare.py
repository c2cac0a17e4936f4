"""What `fig compare` shows, from the admin API's JSON."""

import pytest
from click.testing import CliRunner

from fig.__main__ import cli
from fig.clients import admin
from fig.commands.evidence.compare import text


@pytest.fixture
def answer():
    side = {"p50": 4.25, "p95": 9.0, "p99": 11.0, "count": 139}
    sample = {
        "method": "GET",
        "target": "/api/products/LMP-1",
        "control": {"status": 200, "value": "138.47", "ms": 4.0},
        "candidate": {"status": 200, "value": "138.46", "ms": 2.0},
    }
    cluster = {
        "id": "0a1b2c3d",
        "kind": "value",
        "path": "$.price",
        "relation": "rounding",
        "count": 10,
        "sample": sample,
        "smallest": None,
    }
    route = {
        "route": "product-detail",
        "stage": "canary",
        "completed": 139,
        "compared": 138,
        "matched": 128,
        "mismatched": 10,
        "raced": 0,
        "declined": 3,
        "failed": {"new.timeout": 1},
        "shed": {"queue": 2, "size": 3},
        "latency": {"control": side, "candidate": side},
        "clusters": [cluster],
        "causes": [{"id": "0a1b2c3d", "clusters": ["0a1b2c3d"]}],
        "told": {
            "stage": "canary 25 %",
            "bound": "12 %",
            "outlook": "differs more often than 0.1 %",
            "differing": "10 pairs differ, one cause",
        },
        "never_seen": ["signed in", "status 5xx"],
    }
    return {"waiting": 0, "routes": [route]}


def test_counts_bound_and_latencies_stand_in_one_row(answer):
    row = text(answer).splitlines()[1]
    assert row.split() == [
        *("product-detail", "canary", "25", "%", "138", "128", "10", "0", "3", "1", "5"),
        *("12", "%", "4.2", "/", "9.0", "4.2", "/", "9.0"),
    ]


def test_what_differs_is_shown_with_a_sample(answer):
    shown = text(answer)
    assert "product-detail: 10 pairs differ, one cause" in shown
    assert "$.price  rounding, 10 times" in shown
    assert "GET /api/products/LMP-1" in shown
    assert 'legacy 200: "138.47"' in shown
    assert 'new    200: "138.46"' in shown


def test_how_far_the_target_is_and_what_never_came(answer):
    expected = "product-detail: differs more often than 0.1 %; never seen: signed in, status 5xx"
    assert expected in text(answer).splitlines()


def test_without_routes_it_says_how_to_begin():
    assert "fig flip ROUTE shadow" in text({"routes": []})


@pytest.mark.parametrize(("mismatched", "code"), [(10, 1), (0, 0)])
def test_the_exit_code_is_the_answer(answer, mismatched, code, monkeypatch, tmp_path):
    answer["routes"][0]["mismatched"] = mismatched
    monkeypatch.setattr(admin, "get", lambda *_, **__: answer)
    called = ["--home", str(tmp_path), "compare", "--admin", "http://127.0.0.1:1"]
    assert CliRunner().invoke(cli, called).exit_code == code
