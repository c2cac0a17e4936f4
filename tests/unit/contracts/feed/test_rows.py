"""Rows of a snapshot survive being packed, and mean the same as sent one by one."""

import json

import pytest

from contracts.feed.change import Change, NotAChange, Op
from contracts.feed.rows import SnapshotRows, changes_of

PACKED = SnapshotRows(
    "line", ("order", "no"), ("no", "order", "text"), ((1, 7, "ü"), (2, 7, None)), 99, "2026-01-02"
)


def test_each_row_is_a_change() -> None:
    changes = changes_of(json.loads(json.dumps(PACKED.to_dict())))
    first = Change("line", Op.SNAPSHOT, {"order": 7, "no": 1}, None,
                   {"no": 1, "order": 7, "text": "ü"}, 99, 0, 0, "2026-01-02")  # fmt: skip
    assert changes[0] == first
    assert [change.key["no"] for change in changes] == [1, 2]
    assert {change.version for change in changes} == {PACKED.version}


def test_any_other_change_stands_for_itself() -> None:
    change = Change("t", Op.DELETE, {"id": 1}, None, None, 5, 1, 2, "")
    assert changes_of(change.to_dict()) == [change]


def test_packs_of_one_position_are_distinguished() -> None:
    other = SnapshotRows("line", PACKED.key, PACKED.columns, PACKED.rows[1:], 99, "2026-01-02")
    assert PACKED.message_id != other.message_id


@pytest.mark.parametrize(
    ("wrong", "says"),
    [({"v": 2}, "format 2"), ({"rows": [[1]]}, "not rows"), ({"key": ["nowhere"]}, "nowhere")],
)
def test_what_does_not_fit_is_refused(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(NotAChange, match=says):
        changes_of(PACKED.to_dict() | wrong)
