"""What is shown while the demo runs, on a terminal and in a pipe."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from fig.demo.judge.record import Record
from fig.demo.report.live import BAR, LiveView, bar
from fig.demo.report.plain import PlainView
from fig.demo.script.pace import FAST, pairs_for
from fig.demo.script.plan import acts
from fig.demo.stage.runner import Runner
from tests.rigs.processes.demo import FakeWorld, Flaws


async def run(view: LiveView | PlainView, flaws: Flaws | None = None) -> None:
    world = FakeWorld(flaws)
    record = Record("fast", 0.0, pairs_for(FAST.products.new))
    await Runner(world, record, view, now=world.clock, every=0.0).run(acts(FAST))


async def test_the_picture_shows_stages_sides_and_the_sentence_of_the_moment() -> None:
    console = Console(width=140, file=io.StringIO(), record=True)
    view = LiveView(console)
    await run(view)
    view.begin("Another step", "something happens now")
    console.print(view.draw())
    picture = console.export_text()
    assert "Another step: something happens now" in picture
    assert "act 5: The monolith is deleted" in picture
    assert "product-detail" in picture
    assert "9 / 24 ms" in picture
    assert "0 failed, 0 × 5xx" in picture


async def test_plain_lines_tell_the_same_story() -> None:
    lines: list[str] = []
    await run(PlainView(lines.append))
    text = "\n".join(lines)
    assert "Act 2: Products move, and a fault is caught" in lines
    assert "==> Into the shadow" in text
    assert "legacy 10.46, new 10.45" in text
    assert "FAILED" not in text
    assert max(map(len, lines)) < 220


async def test_plain_lines_name_the_step_that_failed() -> None:
    lines: list[str] = []
    await run(PlainView(lines.append), Flaws(fault_stays=True))
    assert lines[-1].startswith("    FAILED")
    assert "pairs differ" in lines[-1]


@pytest.mark.parametrize(
    ("legacy", "new", "left"),
    [(100, 0, BAR), (0, 100, 0), (50, 50, BAR // 2), (999, 1, BAR - 1), (1, 999, 1)],
)
def test_a_side_that_answers_anything_is_seen(legacy: int, new: int, left: int) -> None:
    spans = bar(legacy, new).spans
    drawn = sum(span.end - span.start for span in spans if "orange" in str(span.style))
    assert drawn == left
    assert len(bar(legacy, new)) == BAR
