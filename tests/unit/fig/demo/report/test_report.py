"""The page and the terminal, from the record of a run."""

from __future__ import annotations

import io
import json
import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from lxml import html
from rich.console import Console

from fig.demo.judge.record import Record
from fig.demo.judge.sample import Pairs
from fig.demo.judge.verdict import bound, judge
from fig.demo.report import report
from fig.demo.report.frame import LogFrame, round_up
from fig.demo.script.pace import COMPARED
from tests.rigs.processes.demo import Flaws


def tree_of(record: Record) -> Any:
    return html.document_fromstring(report.render(record, judge(record)))


async def test_the_page_says_that_everything_held(play: Any) -> None:
    record, _, _ = await play(Flaws())
    words = " ".join(tree_of(record).text_content().split())
    assert "Every promise held." in words
    assert "legacy said10.46" in words
    assert f"{record.load.requests:,}requests by shoppers" in words


async def test_the_page_says_what_the_evidence_cannot(play: Any) -> None:
    record, _, _ = await play(Flaws())
    assert {one.route for one in record.evidence} == set(COMPARED)
    words = " ".join(tree_of(record).text_content().split())
    assert "Never seen" in words and "signed in" in words
    record.evidence = (replace(record.evidence[0], unseen=(), causes=("$.a: rounding",)),)
    words = " ".join(tree_of(record).text_content().split())
    assert "nothing is missing" in words and "$.a: rounding" in words


async def test_the_page_names_what_was_broken(play: Any) -> None:
    record, _, _ = await play(Flaws(fault_stays=True))
    page = report.render(record, judge(record))
    assert "promises were broken" in page or "One promise was broken" in page
    assert record.broken.replace("'", "&#39;") in page
    assert "What differed afterwards" in page


async def test_the_page_needs_nothing_from_elsewhere(play: Any) -> None:
    record, _, _ = await play(Flaws())
    page = report.render(record, judge(record))
    assert not re.search(r"""src\s*=|href\s*=\s*"(?!#)|@import|url\(|https?://""", page)


async def test_four_charts_that_are_well_formed(play: Any) -> None:
    record, _, _ = await play(Flaws())
    drawings = re.findall(r"<svg.*?</svg>", report.render(record, judge(record)), re.S)
    assert len(drawings) == 4
    for drawing in drawings:
        texts = [node.text for node in ElementTree.fromstring(drawing).iter("text")]
        assert "shadow" in texts
        assert "nan" not in drawing.lower()


async def test_what_others_said_is_shown_as_text(play: Any) -> None:
    record, _, _ = await play(Flaws(failing="<script>alert(1)</script>"))
    assert "<script>" not in report.render(record, judge(record))


async def test_a_flip_that_went_nowhere_is_on_the_page(play: Any) -> None:
    record, _, _ = await play(Flaws(deaf=True))
    assert record.flips[0].seen == {}
    assert "product-list" in report.render(record, judge(record))


def test_a_run_that_broke_at_once_still_has_a_page() -> None:
    record = Record("fast", 1_790_000_000.0, 100, broken="'The shop opens' did not get there: busy")
    assert "busy" in report.render(record, judge(record))


async def test_page_and_figures_are_written(play: Any, tmp_path: Path) -> None:
    record, _, _ = await play(Flaws())
    page = report.write(record, judge(record), tmp_path / "reports")
    figures = json.loads(page.with_suffix(".json").read_text())
    assert page.read_text().startswith("<!doctype html>")
    assert figures["record"]["caught"]["differences"][0]["path"] == "$.price"
    assert all(promise["held"] for promise in figures["promises"])


async def test_the_terminal_names_the_broken_promise(play: Any) -> None:
    record, _, _ = await play(Flaws(errors=2))
    console = Console(width=100, record=True, file=io.StringIO())
    report.show(console, record, judge(record), Path("r.html"))
    assert "1 promise broken: no request failed" in console.export_text()


async def test_the_terminal_and_programs_get_the_last_act_s_figures(play: Any) -> None:
    record, _, _ = await play(Flaws())
    alone = record.without
    console = Console(width=400, record=True, file=io.StringIO())
    report.show(console, record, judge(record), Path("r.html"))
    said = console.export_text()
    assert (
        f"{alone.requests:,} requests after the farewell; 0 of these failed; 0 counted apart"
        in said
    )
    assert f"{alone.orders} orders without the monolith" in said
    figures = report.document(record, judge(record), Path("r.html"))
    assert figures["ok"] is True
    assert figures["without_the_monolith"] == asdict(alone)
    assert [one["act"] for one in figures["acts"]] == [1, 2, 3, 4, 5]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("value", "top"), [(0.0, 1.0), (0.7, 1.0), (12, 20), (21, 25), (26, 50), (51, 100), (100, 100)]
)
def test_axes_end_at_round_numbers(value: float, top: float) -> None:
    assert round_up(value) == top


def test_tens_on_a_log_scale_are_equally_far_apart() -> None:
    grid = LogFrame(0.0, 1.0, 1000.0, " ms", 1.0)
    assert grid.marks() == [1, 10, 100, 1000]
    assert [grid.share(value) for value in grid.marks()] == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert grid.share(0.2) == 0.0


def test_the_bound_is_never_rounded_down() -> None:
    assert "0.05 %" in bound(Pairs(completed=6768))  # 3/6768 is 0.0443 %
    assert "3.00 %" in bound(Pairs(completed=100))
    assert bound(Pairs(completed=100, mismatched=1)) == ""


async def test_the_page_tells_of_the_time_without_legacy_and_of_the_books(play: Any) -> None:
    record, _, _ = await play(Flaws())
    page = report.render(record, judge(record))
    assert "Without legacy" in page
    assert page.count('class="gone"') == 3  # on both charts of who answered, and the farewell
    assert "POST /register" in page
    assert "an order is paid once" in page
    assert "20 orders acknowledged, 5 of them at first as pending" in page


async def test_a_lost_order_is_named_on_the_page(play: Any) -> None:
    record, _, _ = await play(Flaws(lost=True))
    assert "LT-1: acknowledged as SO-1, and lost" in report.render(record, judge(record))
