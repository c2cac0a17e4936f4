"""The words for the beginning and the end of a trouble."""

import pytest

from facade.control.reporting.trouble import Kind, Trouble


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.5, "1 s"), (12, "12 s"), (200, "3 min"), (9000, "2.5 h")]
)
def test_how_long_it_lasted(seconds: float, words: str) -> None:
    one = Trouble(Kind.UPSTREAM, "it", "is down")
    assert one.ended(seconds) == f"it is back after {words}"


@pytest.mark.parametrize(
    ("kind", "end"),
    [
        (Kind.UPSTREAM, "it is back after 12 s"),
        (Kind.BREAKER, "it is closed again after 12 s"),
        (Kind.FALLBACK, "it fallbacks ended after 12 s"),
    ],
)
def test_every_kind_has_an_end(kind: Kind, end: str) -> None:
    assert Trouble(kind, "it", "opened").ended(12.0) == end


def test_the_wait_for_its_end_is_no_part_of_it() -> None:
    one = Trouble(Kind.FALLBACK, "cart:", "legacy answers", "7 requests", quiet=10.0)
    assert one.ended(13.0) == "cart: fallbacks ended after 3 s: 7 requests"
