"""Strikes are chosen by name, and what came of them is read in a table."""

import pytest

from loadtests.cutover import strikes
from loadtests.cutover.strikes import Outcome, Strike


def test_without_words_everyone_is_struck_at_every_moment_in_both_directions() -> None:
    assert len(strikes.chosen("")) == len(set(strikes.chosen(""))) == 2 * 7 * 2 * 3


def test_a_part_that_is_left_empty_names_all() -> None:
    found = strikes.chosen("new:feed:killed:,:feed:killed:fence")
    assert [str(one) for one in found] == [
        "new:feed:killed:before", "new:feed:killed:fence", "new:feed:killed:after",
        "legacy:feed:killed:fence",
    ]  # fmt: skip


@pytest.mark.parametrize("word", ["feed", "new:fed:killed:fence", "new:feed:killed:fence:now"])
def test_what_names_nothing_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="names no strike"):
        strikes.chosen(word)


def test_the_next_one_begins_where_the_orders_are() -> None:
    there, back = (
        Strike("new", "feed", "killed", "fence"),
        Strike("legacy", "nats", "killed", "fence"),
    )
    left = [there, back]
    assert strikes.next_one(left, "new") == back
    assert strikes.next_one(left, "new") is None
    assert strikes.next_one(left, "legacy") == there
    assert left == []


def test_what_must_not_be_is_said() -> None:
    after = Strike("new", "feed", "killed", "after")
    assert Outcome(after, "new", 1.0, 2.0).wrong == ""
    assert "legacy is the owner" in Outcome(after, "legacy", 1.0, 2.0).wrong
    assert "no write succeeded" in Outcome(after, "new", None, 2.0).wrong
    assert "did not end" in Outcome(after, "new", 1.0, None).wrong
    before = Strike("new", "feed", "killed", "before")
    assert Outcome(before, "new", 1.0, 2.0).wrong == Outcome(before, "legacy", 1.0, 2.0).wrong == ""


def test_the_table_has_a_line_for_each_victim() -> None:
    text = strikes.table([
        Outcome(Strike("new", "feed", "killed", "fence"), "legacy", 0.25, 2.0),
        Outcome(Strike("new", "feed", "frozen", "after"), "new", None, 2.0),
    ])  # fmt: skip
    assert text.splitlines()[1].startswith("| legacy to new | killed before the fence | killed at")
    assert text.splitlines()[3] == "| feed |  | legacy, 0.2 s |  |  |  | new, never |"
    assert "new to legacy" not in text
