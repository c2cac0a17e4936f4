"""What is printed of checks and moves."""

from fig.cutover import report
from fig.cutover.checks import Check
from fig.cutover.moving import Move

WAITS = {"count": 1200, "p50": 0.0521, "p99": 0.2, "worst": 1.25}


def test_a_check_that_fails_says_what_to_do() -> None:
    text = report.checks([Check("a", True, "good"), Check("b", False, "bad", "mend it")])
    assert "next: mend it" in text
    assert "NO" in text


def test_a_move_says_how_long_writes_waited() -> None:
    done = Move("new", True, "", (), WAITS, 0, 1.5)
    assert report.move(done, "goods") == (
        "goods is owned by new, in 1.5 s; 1,200 writes waited: p50 52 ms, p99 200 ms,"
        " worst 1,250 ms; 0 failed"
    )
    assert "no write had to wait" in report.move(Move("new", True, "", (), {}, 0, 1.5), "goods")
    failed = Move("new", False, "behind", (), {}, 0, 1.5)
    assert report.move(failed, "goods") == "goods stays as it was: behind"
