"""The keys from one to another, as a condition."""

from chassis.readmodel.ranges import within
from contracts.feed.facts import Cleared

VERSION = (1, 0)


def test_all_keys_need_no_condition() -> None:
    assert within("id", Cleared("a", VERSION), 3) == ("true", [])


def test_numbers_sort_as_numbers_and_texts_by_their_bytes() -> None:
    numbers = within("id", Cleared("a", VERSION, 9, 10), 3)
    assert numbers == ("id::bigint >= $3::bigint AND id::bigint <= $4::bigint", [9, 10])
    texts = within("sku", Cleared("a", VERSION, None, "K"), 4)
    assert texts == ('sku COLLATE "C" <= $4::text', ["K"])
