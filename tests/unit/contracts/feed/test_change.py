"""A change survives its JSON form, and changes are distinguished and ordered."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.feed.change import Change, NotAChange, Op

values = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text()
rows = st.dictionaries(st.text(min_size=1), values)


@given(
    op=st.sampled_from(Op),
    key=rows,
    before=st.none() | rows,
    after=st.none() | rows,
    lsn=st.integers(0, 2**63 - 1),
)
def test_round_trip(op, key, before, after, lsn):
    change = Change("product", op, key, before, after, lsn, 3, 7, "2026-01-02T03:04:05.000006Z")
    assert Change.from_dict(json.loads(json.dumps(change.to_dict()))) == change


@pytest.mark.parametrize(
    ("body", "says"),
    [({}, "format None"), ({"v": 2}, "format 2"), ({"v": 1, "table": "t"}, "op")],
)
def test_other_messages_are_refused_with_the_reason(body, says):
    with pytest.raises(NotAChange, match=says):
        Change.from_dict(body)


def test_unknown_operation_is_refused():
    body = Change("t", Op.INSERT, {}, None, {}, 1, 1, 1, "").to_dict() | {"op": "explode"}
    with pytest.raises(NotAChange, match="explode"):
        Change.from_dict(body)


def test_snapshot_rows_of_one_position_have_different_ids():
    ids = {
        Change("product", Op.SNAPSHOT, {"id": number}, None, {}, 9, 0, 0, "").message_id
        for number in (1, 2)
    }
    ids.add(Change("product", Op.SNAPSHOT_END, {}, None, None, 9, 0, 0, "").message_id)
    assert len(ids) == 3


def test_a_streamed_change_is_newer_than_the_snapshot_it_follows():
    snapshot = Change("t", Op.SNAPSHOT, {}, None, {}, 9, 0, 0, "")
    first = Change("t", Op.UPDATE, {}, None, {}, 9, 1, 5, "")
    assert first.version > snapshot.version
