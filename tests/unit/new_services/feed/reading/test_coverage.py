"""While a table is read for the first time, only rows that were read are published."""

import pytest

from contracts.feed.change import Change, Op
from new_services.feed.log.keys import Bound
from new_services.feed.reading.coverage import arrives, keys, visible
from new_services.feed.reading.jobs import Job

JOB = Job("stock", initial=True, at=Bound(("K",)))


def change(op: Op, sku: str, before: str | None = None) -> Change:
    old = {"sku": before} if before else None
    after = None if op is Op.DELETE else {"sku": sku, "qty": 1}
    return Change("stock", op, {"sku": sku}, old, after, 7, 1, 9, "")


@pytest.mark.parametrize("op", [Op.INSERT, Op.UPDATE])
def test_a_row_counts_from_when_it_was_read(op):
    assert visible(JOB, change(op, "K")) == change(op, "K")
    assert visible(JOB, change(op, "L")) is None


def test_nothing_before_the_first_chunk():
    assert visible(Job("stock", initial=True), change(Op.UPDATE, "A")) is None


def test_a_row_that_leaves_what_was_read_is_gone():
    seen = visible(JOB, change(Op.UPDATE, "Z", before="A"))
    assert seen is not None
    assert (seen.op, seen.key, seen.after, seen.version) == (Op.DELETE, {"sku": "A"}, None, (7, 1))


def test_that_a_row_is_gone_is_always_published():
    """An earlier reading may have published it, and what is not there no reading finds."""
    for sku in ("K", "L"):
        assert visible(JOB, change(Op.DELETE, sku)) == change(Op.DELETE, sku)


def test_a_row_that_comes_into_what_was_read_is_published_with_its_old_key():
    moved = change(Op.UPDATE, "A", before="Z")
    assert arrives(JOB, moved)
    assert visible(JOB, moved) == moved


def test_a_key_changed_inside_of_it_is_published_as_it_is():
    assert visible(JOB, change(Op.UPDATE, "A", before="B")) == change(Op.UPDATE, "A", before="B")


def test_a_key_changed_outside_of_it_is_left():
    seen = visible(JOB, change(Op.UPDATE, "Y", before="Z"))
    assert seen is not None
    assert (seen.op, seen.key, seen.after) == (Op.DELETE, {"sku": "Z"}, None)
    assert not arrives(JOB, change(Op.UPDATE, "Y", before="Z"))


def test_a_truncate_is_always_published():
    truncate = Change("stock", Op.TRUNCATE, {}, None, None, 7, 1, 9, "")
    assert visible(JOB, truncate) == truncate
    assert keys(truncate) == []


def test_both_keys_of_a_changed_one_are_touched():
    assert keys(change(Op.UPDATE, "A", before="B")) == [(b"A",), (b"B",)]
    assert keys(change(Op.UPDATE, "A", before="A")) == [(b"A",)]
