"""The demo as a newcomer runs it, on the real stack: a good run, a broken promise, a Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fig.demo.script.pace import DOMAINS, MOVED, PRODUCT_ROUTES
from fig.stack.ports import WIDTH

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

PROJECT = Path(__file__).parents[2]


class Demo:
    """`fig demo` in a data folder of its own."""

    def __init__(self, home: Path, base: int) -> None:
        self.home = home
        self.base = base
        self.process: subprocess.Popen[str] | None = None

    def start(self, *options: str) -> subprocess.Popen[str]:
        env = {**os.environ, "FIG_HOME": str(self.home), "FIG_PORT_BASE": str(self.base)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "fig", "demo", "--fast", *options],
            cwd=PROJECT,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return self.process

    def finish(self, *options: str) -> tuple[int, str]:
        """Exit code and everything it said."""
        process = self.start(*options)
        said, _ = process.communicate(timeout=560)
        return process.returncode, said

    def figures(self) -> dict[str, Any]:
        """What it wrote beside its page."""
        (path,) = (self.home / "reports").glob("demo-*.json")
        return dict(json.loads(path.read_text()))

    def listening(self) -> list[int]:
        """Ports of this stack on which somebody still listens."""
        taken = []
        for port in range(self.base, self.base + WIDTH):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    taken.append(port)
        return taken


@pytest.fixture
def demo(tmp_path: Path, port_base: int) -> Iterator[Demo]:
    found = Demo(tmp_path / "fig home", port_base)  # a blank in the path is nothing special
    yield found
    if found.process is not None and found.process.poll() is None:
        found.process.terminate()
        found.process.wait(60)
    assert found.listening() == [], "something of the demo still runs"


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


def test_a_fault_that_stays_breaks_the_promise_and_is_not_promoted(demo: Demo) -> None:
    exit_code, said = demo.finish("--leave-fault")
    assert exit_code == 1, said
    figures = demo.figures()
    broken = [one["name"] for one in figures["promises"] if not one["held"]]
    assert "after the fault was off, the pairs compared equal" in broken
    assert "no request failed" not in broken
    assert {flip["stage"] for flip in figures["record"]["flips"]} == {"shadow"}
    assert figures["record"]["later"][0]["relation"] == "rounding"
    assert "promises broken: " in said or "promise broken: " in said


def test_ctrl_c_leaves_nothing_behind(demo: Demo) -> None:
    process = demo.start()
    assert process.stdout is not None
    for line in process.stdout:
        if "shoppers," in line:
            break
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert demo.listening() == []
    assert not (demo.home / "reports").exists()


def test_a_busy_port_is_an_error_and_no_verdict(demo: Demo) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", demo.base))
        other.listen()
        exit_code, said = demo.finish()
    assert exit_code == 2
    assert f"port {demo.base}" in said
    assert "promise" not in said
