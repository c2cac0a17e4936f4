"""Rows go in groups: so many at most, of so much text, and none is lost or moved."""

from hypothesis import given
from hypothesis import strategies as st

from new_services.feed.reading.snapshot import MESSAGE_CHARACTERS, ROWS_PER_MESSAGE, packed

widths = st.lists(st.integers(0, MESSAGE_CHARACTERS + 5_000), max_size=200)


def test_no_rows_no_groups() -> None:
    assert list(packed([])) == []


@given(widths)
def test_groups_keep_to_their_bounds_and_lose_nothing(sizes: list[int]) -> None:
    rows = [(number, "x" * size) for number, size in enumerate(sizes)]
    groups = list(packed(rows))
    assert [row for group in groups for row in group] == rows
    for group in groups:
        assert 1 <= len(group) <= ROWS_PER_MESSAGE
        assert len(group) == 1 or sum(len(text) for _, text in group) <= MESSAGE_CHARACTERS
