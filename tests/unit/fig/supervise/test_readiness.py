"""What a process says of itself."""

from fig.supervise.readiness import ask


def test_nobody_there_says_nothing():
    assert ask(9) == {}
