"""The ratio of each round, the median of the rounds, and where it is written."""

from pathlib import Path

import pytest

from loadtests.bench.added import Paced
from loadtests.bench.shadow import COPIED, HANGING, MARK, PLAIN, page, ratios, write

ROUNDS = [
    {PLAIN: Paced(300, 1, 10), COPIED: Paced(300, 1, p99), HANGING: Paced(300, 1, 10)}
    for p99 in (11, 12, 90)
]


def test_one_noisy_round_does_not_decide():
    assert ratios(ROUNDS) == {PLAIN: 1.0, COPIED: 1.2, HANGING: 1.0}
    assert "| everything copied | 300 | 1.00 | 12.00 | 1.20 |" in page(ROUNDS, 300, 10)


def test_only_what_stands_between_the_marks_is_replaced(tmp_path: Path):
    file = tmp_path / "page.md"
    file.write_text(f"before\n{MARK}old\n{MARK}after\n")
    write(["new"], file)
    assert file.read_text() == f"before\n{MARK}new\n{MARK}after\n"
    file.write_text("no marks")
    with pytest.raises(ValueError, match="marks"):
        write(["new"], file)
