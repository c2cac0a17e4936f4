"""The demo as a newcomer runs it, on the real stack, which is its own: it measures."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from fig.demo.script.pace import DOMAINS, MOVED, PRODUCT_ROUTES
from tests.e2e.conftest import Demo

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

PROJECT = Path(__file__).parents[2]


def test_every_promise_holds(demo: Demo) -> None:
    before = (PROJECT / "routes.yaml").read_bytes()
    exit_code, said = demo.finish()
    assert exit_code == 0, said
    assert "Every promise held." in said
    assert (PROJECT / "routes.yaml").read_bytes() == before
    record = demo.figures()["record"]
    assert record["load"]["failures"] == 0
    assert record["load"]["requests"] > 500
    assert record["caught"]["mismatched"] > 0
    assert record["caught"]["clients"] == 0
    assert any(one["path"].endswith(".price") for one in record["caught"]["differences"])
    assert all(flip["moved"] or flip["passing"] for flip in record["flips"])
    assert all(flip["ms"] is not None for flip in record["flips"])
    _legacy_was_away_and_the_way_back_open(record)
    _all_has_moved_and_nothing_needs_the_monolith(record)
    _the_page_tells_it_in_acts(demo)


def _legacy_was_away_and_the_way_back_open(record: dict[str, Any]) -> None:
    outage, books = record["outage"], record["verified"]
    assert outage["pending"] > 0
    assert record["load"]["orders"]["waiting"] == 0
    assert {one["side"] for one in record["readings"]} == {"legacy", "new"}
    assert all(edit["ms"] < 1000 for edit in record["prices"])
    assert books["ok"]
    assert books["accepted"] >= outage["pending"]
    assert books["acknowledged"] > 10
    assert len(books["laws"]) > 5  # those that bind each service by itself


def _all_has_moved_and_nothing_needs_the_monolith(record: dict[str, Any]) -> None:
    moves = [(one["domain"], one["toward"]) for one in record["handovers"]]
    there_back_there = ("new", "legacy", "new")
    assert moves == [(name, to) for name in DOMAINS for to in there_back_there]
    assert [one["domain"] for one in record["windows"]] == list(DOMAINS)
    last = record["samples"][-1]["routes"]
    assert {last[name]["stage"] for name in MOVED} == {"retired"}
    for name in PRODUCT_ROUTES:
        assert last[name]["pairs"]["mismatched"] == 0
        assert last[name]["pairs"]["completed"] >= record["pairs_needed"]
    gone, orders = record["gone"], record["load"]["orders"]
    assert gone["rows"] > 10_000
    assert record["load"]["requests"] > gone["load"]["requests"]
    for deed in ("checkouts", "logins", "registrations"):
        assert orders[deed] >= gone["load"]["orders"][deed]
    assert record["load"]["excused"] == gone["load"]["excused"]


def _the_page_tells_it_in_acts(demo: Demo) -> None:
    figures = demo.figures()
    assert [one["act"] for one in figures["acts"]] == [1, 2, 3, 4, 5]
    alone = figures["without_the_monolith"]
    assert alone["requests"] > 100 and not alone["failed"] and not alone["apart"]
    assert alone["orders"] and alone["logins"] and alone["registrations"]
    page = next((demo.home / "reports").glob("demo-*.html")).read_text()
    assert "Every promise held." in page
    assert page.count('id="act-') == 5
    assert len(re.findall("<svg", page)) == 4
