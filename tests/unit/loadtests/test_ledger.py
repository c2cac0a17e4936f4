"""The words that customers were given, counted and written down."""

from __future__ import annotations

import json
from pathlib import Path

from loadtests.ledger import Ledger


def test_a_pending_order_waits_until_it_is_finished_or_refused() -> None:
    times = iter([10.0, 20.0, 30.0])
    ledger = Ledger(clock=lambda: next(times))
    ledger.write("pending", "a", id="S1")
    ledger.write("pending", "b", id="S2")
    assert (ledger.figures()["waiting"], ledger.figures()["oldest"]) == (2, 10.0)
    ledger.write("finished", "a", order_no="SO-1", total="1.00")
    assert ledger.figures()["oldest"] == 20.0
    ledger.write("refused", "b", why="out of stock")
    assert (ledger.figures()["waiting"], ledger.figures()["oldest"]) == (0, None)


def test_every_word_is_a_line(tmp_path: Path) -> None:
    path = tmp_path / "orders"
    ledger = Ledger(path, "ab12", clock=lambda: 5.0)
    text = ledger.name(255)
    ledger.write("asked", text, email="k@example.org")
    ledger.write("placed", text, order_no="SO-1", total="9.00")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert text == "LTab12-0000000000ff"
    assert [line["kind"] for line in lines] == ["asked", "placed"]
    assert lines[1] == {
        "kind": "placed", "text": text, "at": 5.0, "order_no": "SO-1", "total": "9.00"
    }  # fmt: skip
