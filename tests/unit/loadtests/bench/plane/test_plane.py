"""`make bench-plane` compares two checkouts, and says what is wrong with one that is none."""

from pathlib import Path

from click.testing import CliRunner

from loadtests.bench.plane.plane import main

ROOT = Path(__file__).parents[5]


def test_a_checkout_beside_itself() -> None:
    arguments = ["--against", str(ROOT), "--rounds", "1", "--requests", "20"]
    ran = CliRunner().invoke(main, arguments)
    assert ran.exit_code == 0, ran.output
    assert "ratio" in ran.output
    rows = [line for line in ran.output.splitlines() if "customer's write" in line]
    costs, ways = rows
    assert "/" in ways
    assert len(costs.split("│")) == 6


def test_a_folder_that_is_no_checkout(tmp_path: Path) -> None:
    ran = CliRunner().invoke(main, ["--against", str(tmp_path)])
    assert ran.exit_code == 1
    assert f"{tmp_path}: no checkout" in ran.output
