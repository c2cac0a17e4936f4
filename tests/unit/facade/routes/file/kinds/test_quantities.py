"""Shares, times and sizes: exact, or refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facade.routes.file.kinds.quantities import Duration, Number, Share, Size, Whole, written_share
from facade.routes.file.kinds.values import Wrong


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("25", 2500),
        ("10%", 1000),
        ("0.1%", 10),
        ("0.01", 1),
        ("100%", 10_000),
        ("0", 0),
        ("7 %", 700),
    ],
)
def test_a_share(text: str, points: int) -> None:
    assert Share().parse(text) == points


@pytest.mark.parametrize(
    "text", ["", "%", "ten", "1e1", "0x10", "1,5", ".5", "100.001", "-0.1", "101"]
)
def test_no_share(text: str) -> None:
    with pytest.raises(Wrong):
        Share().parse(text)


@given(st.integers(0, 10_000))
def test_a_share_survives_writing_and_reading(points: int) -> None:
    assert Share().parse(written_share(points)) == points
    assert Decimal(written_share(points).rstrip("%")) * 100 == points


@pytest.mark.parametrize(
    ("text", "seconds"), [("250ms", 0.25), ("2s", 2), ("1.5 s", 1.5), ("1m", 60), ("1h", 3600)]
)
def test_a_duration(text: str, seconds: float) -> None:
    assert Duration().parse(text) == seconds


@pytest.mark.parametrize("text", ["0", "0s", "5", "5 d", "-1s", "s", "1s2"])
def test_no_duration(text: str) -> None:
    with pytest.raises(Wrong):
        Duration().parse(text)


def test_zero_is_a_duration_where_it_means_no_limit() -> None:
    assert Duration(zero=True).parse("0") == 0


@pytest.mark.parametrize(
    ("text", "size"), [("1", 1), ("64KiB", 65536), ("10 MB", 10**7), ("1gib", 2**30), ("7B", 7)]
)
def test_a_size(text: str, size: int) -> None:
    assert Size().parse(text) == size


@pytest.mark.parametrize("text", ["0", "1.5MB", "MB", "1TB", "-1"])
def test_no_size(text: str) -> None:
    with pytest.raises(Wrong):
        Size().parse(text)


def test_bounds_of_numbers() -> None:
    assert Whole(1, 3).parse("3") == 3
    assert Number(0.5).parse("1.5") == 1.5
    for kind, text in ((Whole(1, 3), "4"), (Whole(), "1.0"), (Number(0.5), "0.4"), (Number(), "x")):
        with pytest.raises(Wrong):
            kind.parse(text)
