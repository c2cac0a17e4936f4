"""What `fig status` prints of limits."""

from typing import Any

from fig.output import limits

ONE: dict[str, Any] = {
    "name": "few",
    "mode": "shadow",
    "rate": "10/m",
    "burst": 20,
    "passed": 7,
    "refused": 0,
    "would_refuse": 5,
    "keyless": 0,
    "unchecked": 0,
    "forgotten": 0,
    "unlocked": 0,
    "who": [{"key": "client 192.0.2.7", "times": 4}, {"key": "client 192.0.2.8", "times": 1}],
}


def test_whom_a_limit_would_refuse() -> None:
    assert limits.text([]) == ""
    head, *_, row = limits.text([ONE]).splitlines()
    assert "would refuse" in head
    words = row.split()
    assert words[:4] == ["few", "shadow", "10/m", "20"]
    assert words[4:] == ["7", "0", "5", "client", "192.0.2.7", "(4)"]


def test_what_was_not_counted_is_said() -> None:
    text = limits.text([ONE | {"keyless": 3, "unchecked": 2, "forgotten": 1, "who": []}])
    assert "few: 3 not counted: without any of its keys" in text
    assert "few: 2 not counted: the memory failed" in text
    assert "few: 1 keys dropped to make room" in text
