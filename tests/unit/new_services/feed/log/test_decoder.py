"""Messages of a transaction become changes."""

import pytest

from contracts.feed.change import Change, Op
from new_services.feed.log import tables
from new_services.feed.log.decoder import Decoder, TableChanged
from new_services.feed.log.messages import (
    UNCHANGED,
    Begin,
    Column,
    Commit,
    Delete,
    Insert,
    LogicalMessage,
    Relation,
    Truncate,
    Update,
)
from new_services.feed.log.tables import Table
from new_services.feed.log.types import Types

STOCK = Relation(1, "public", "stock", (Column("sku", 1043, True), Column("qty", 23, False)))
PRODUCT = Relation(2, "public", "product", (Column("id", 23, True), Column("descr", 25, False)))
TABLES = (
    Table("stock", 1, (tables.Column("sku", 1043, "text"),), ("sku",)),
    Table("product", 2, (tables.Column("id", 23, "integer"),), ("id",)),
)
COMMITTED = "2026-01-01T00:00:00.000007Z"


def decode(*messages) -> list[Change]:
    decoder = Decoder(TABLES, Types())
    for each in (Begin(500, 820_540_800_000_007, 42), STOCK, PRODUCT):
        list(decoder.decode(each))
    return [change for each in messages for change in decoder.decode(each)]


def test_rows_are_counted_inside_their_transaction():
    changes = decode(Insert(1, ("A", "3")), Insert(2, ("7", None)))
    assert changes == [
        Change(
            "stock", Op.INSERT, {"sku": "A"}, None, {"sku": "A", "qty": 3}, 500, 1, 42, COMMITTED
        ),
        Change(
            "product", Op.INSERT, {"id": 7}, None, {"id": 7, "descr": None}, 500, 2, 42, COMMITTED
        ),
    ]


def test_an_unchanged_large_value_is_left_out():
    (change,) = decode(Update(2, None, False, ("7", UNCHANGED)))
    assert change.after == {"id": 7}
    assert change.before is None


def test_a_changed_key_shows_the_old_one():
    (change,) = decode(Update(1, ("A", None), True, ("B", "3")))
    assert (change.key, change.before) == ({"sku": "B"}, {"sku": "A"})


def test_a_delete_has_its_key():
    (change,) = decode(Delete(1, ("A", None), True))
    assert (change.op, change.key, change.after) == (Op.DELETE, {"sku": "A"}, None)


def test_a_truncate_speaks_of_every_table():
    changes = decode(Truncate((1, 2)))
    assert [(change.table, change.op, change.seq) for change in changes] == [
        ("stock", Op.TRUNCATE, 1),
        ("product", Op.TRUNCATE, 2),
    ]


def test_our_message_is_a_watermark_and_others_are_not():
    (change,) = decode(LogicalMessage("other", b"x"), LogicalMessage("fig", b"1767225600000001"))
    assert (change.table, change.op) == ("watermark", Op.WATERMARK)
    assert change.committed == "2026-01-01T00:00:00.000001Z"


def test_a_table_described_again_is_read_again():
    wider = Relation(1, "public", "stock", (*STOCK.columns, Column("held", 16, False)))
    before, shape, change = decode(Insert(1, ("A", "3")), wider, Insert(1, ("A", "3", "t")))
    assert change.after == {"sku": "A", "qty": 3, "held": True}
    assert (shape.op, shape.key) == (Op.SHAPE, {})
    assert shape.after == {"sku": "text", "qty": "integer", "held": "boolean"}
    assert shape.version == before.version, "a shape stands between changes and counts as none"


def test_in_transaction_between_begin_and_commit():
    decoder = Decoder(TABLES, Types())
    assert not decoder.in_transaction
    list(decoder.decode(Begin(1, 1, 1)))
    assert decoder.in_transaction
    list(decoder.decode(Commit(1, 2)))
    assert not decoder.in_transaction


# As with REPLICA IDENTITY FULL: every column is marked, and old rows come whole.
FULL = Relation(2, "public", "product", (Column("id", 23, True), Column("descr", 25, True)), "f")


def test_a_whole_old_row_leaves_the_key_what_it_is():
    _, moved, gone = decode(
        FULL,
        Update(2, ("7", "long"), False, ("8", UNCHANGED)),
        Delete(2, ("8", "long"), False),
    )
    assert (moved.key, moved.before) == ({"id": 8}, {"id": 7, "descr": "long"})
    assert moved.after == {"id": 8, "descr": "long"}, "the old row has what the new one keeps"
    assert (gone.key, gone.after) == ({"id": 8}, None)


def test_a_large_key_that_stays_is_in_the_old_row_alone():
    (change,) = decode(Update(1, ("A", None), True, (UNCHANGED, "3")))
    assert change.key == {"sku": "A"}
    assert change.after == {"sku": "A", "qty": 3}


@pytest.mark.parametrize(
    "relation",
    [
        Relation(1, "public", "renamed", STOCK.columns),
        Relation(1, "archive", "stock", STOCK.columns),
        Relation(9, "public", "stock", STOCK.columns),
        Relation(1, "public", "stock", (Column("sku", 1043, False), Column("qty", 23, True))),
        Relation(1, "public", "stock", (Column("sku", 1043, True), Column("qty", 23, True))),
        Relation(1, "public", "stock", (Column("code", 1043, True), Column("qty", 23, False))),
        Relation(1, "public", "stock", (Column("code", 1043, True),), "f"),
    ],
    ids=["renamed", "moved", "made anew", "other key", "wider key", "renamed key", "full, renamed"],
)
def test_another_table_or_key_than_known_means_to_read_again(relation):
    with pytest.raises(TableChanged, match="stock"):
        decode(relation)


def test_a_table_without_a_key_for_a_moment_has_its_inserts():
    keyless = Relation(1, "public", "stock", (Column("sku", 1043, False), Column("qty", 23, False)))
    _, change = decode(keyless, Insert(1, ("A", "3")))
    assert change.key == {"sku": "A"}


def test_tables_that_are_not_fed_say_nothing_and_count_as_none():
    other = Relation(5, "public", "stock_2026", (Column("sku", 1043, True),))
    (change,) = decode(other, Insert(5, ("A",)), Truncate((5,)), Insert(1, ("A", "3")))
    assert (change.table, change.seq) == ("stock", 1)
