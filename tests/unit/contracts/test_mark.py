"""What goes out comes back: the customer's text, and the saga's id."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import mark
from contracts.mark import LONGEST, ROOM

texts = st.one_of(st.none(), st.text(min_size=1, max_size=ROOM))


@given(texts)
def test_what_goes_out_comes_back(text: str | None) -> None:
    saga_id = mark.new_saga_id()
    marked = mark.mark(text, saga_id)
    assert len(marked) <= LONGEST
    assert mark.split(marked) == (text, saga_id)


@given(texts)
def test_a_mark_behind_a_mark_is_the_last_ones(text: str | None) -> None:
    first, second = mark.new_saga_id(), mark.new_saga_id()
    once = mark.mark(text, first)
    if mark.fits(once):
        assert mark.split(mark.mark(once, second)) == (once, second)


@given(st.one_of(st.none(), st.text(max_size=LONGEST)))
def test_what_was_never_marked_stays_as_it_is(text: str | None) -> None:
    assert mark.split(text) == (text, None)


@pytest.mark.parametrize(
    "text", ["~0123456789ABCDEF", "PO ~0123456789ABCDEF", "~short", "PO 17~", "a ~b"]
)
def test_text_that_only_looks_like_a_mark_stays(text: str) -> None:
    assert mark.split(text) == (text, None)


def test_ids_are_unlike() -> None:
    ids = {mark.new_saga_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(mark.is_saga_id(saga_id) for saga_id in ids)


def test_without_room_it_is_refused() -> None:
    assert not mark.fits("x" * (ROOM + 1))
    with pytest.raises(ValueError, match="no room"):
        mark.mark("x" * (ROOM + 1), mark.new_saga_id())
