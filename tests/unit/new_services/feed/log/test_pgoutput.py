"""The parser, on bytes as PostgreSQL sends them."""

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from new_services.feed.log.messages import (
    UNCHANGED,
    Begin,
    Column,
    Commit,
    Delete,
    Insert,
    LogicalMessage,
    Origin,
    Relation,
    Truncate,
    Update,
)
from new_services.feed.log.pgoutput import BadMessage, parse

OID = struct.pack("!I", 16384)


def text(value: str) -> bytes:
    return b"t" + struct.pack("!I", len(value.encode())) + value.encode()


def row(*fields: bytes) -> bytes:
    return struct.pack("!H", len(fields)) + b"".join(fields)


def test_begin():
    data = b"B" + struct.pack("!QqI", 0x16B3748, 820454400000000, 739)
    assert parse(data) == Begin(0x16B3748, 820454400000000, 739)


def test_commit():
    data = b"C" + struct.pack("!BQQq", 0, 0x16B3748, 0x16B3778, 820454400000000)
    assert parse(data) == Commit(0x16B3748, 0x16B3778)


def test_relation():
    data = b"R" + OID + b"public\0" + b"stock\0" + b"d" + struct.pack("!H", 2)
    data += b"\x01sku\0" + struct.pack("!Ii", 1043, 34)
    data += b"\x00qty\0" + struct.pack("!Ii", 23, -1)
    columns = (Column("sku", 1043, True), Column("qty", 23, False))
    assert parse(data) == Relation(16384, "public", "stock", columns)


def test_insert_with_null_and_text():
    assert parse(b"I" + OID + b"N" + row(text("ü"), b"n", text(""))) == Insert(
        16384, ("ü", None, "")
    )


def test_update_with_an_unchanged_large_value():
    assert parse(b"U" + OID + b"N" + row(text("1"), b"u")) == Update(
        16384, None, False, ("1", UNCHANGED)
    )


def test_update_that_changed_the_key():
    data = b"U" + OID + b"K" + row(text("1"), b"n") + b"N" + row(text("2"), text("x"))
    assert parse(data) == Update(16384, ("1", None), True, ("2", "x"))


def test_update_of_a_table_that_logs_old_rows():
    data = b"U" + OID + b"O" + row(text("1"), text("w")) + b"N" + row(text("1"), text("x"))
    assert parse(data) == Update(16384, ("1", "w"), False, ("1", "x"))


def test_delete_by_key_and_by_row():
    assert parse(b"D" + OID + b"K" + row(text("1"), b"n")) == Delete(16384, ("1", None), True)
    assert parse(b"D" + OID + b"O" + row(text("1"))) == Delete(16384, ("1",), False)


def test_truncate_of_two_tables():
    assert parse(b"T" + struct.pack("!IBII", 2, 1, 5, 6)) == Truncate((5, 6))


def test_logical_message():
    data = b"M" + struct.pack("!BQ", 1, 99) + b"fig\0" + struct.pack("!I", 3) + b"123"
    assert parse(data) == LogicalMessage("fig", b"123")


def test_origin():
    assert parse(b"O" + bytes(8) + b"reverse_goods\0") == Origin("reverse_goods")


def test_a_message_without_use_is_nothing():
    assert parse(b"Y" + OID + b"a\0b\0") is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"Z",
        b"B123",
        b"I" + OID + b"N" + row(b"x"),
        b"I" + OID + b"N" + row(b"t" + struct.pack("!I", 9) + b"short"),
        b"R" + OID + b"no end",
    ],
)
def test_bytes_cut_short_or_unknown_are_refused(data):
    with pytest.raises(BadMessage):
        parse(data)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(data):
    with contextlib.suppress(BadMessage):
        parse(data)


@given(st.lists(st.none() | st.just(UNCHANGED) | st.text(), max_size=20))
def test_any_row_comes_back_as_it_was(fields):
    kinds = [
        b"n" if field is None else b"u" if field is UNCHANGED else text(field) for field in fields
    ]
    assert parse(b"I" + OID + b"N" + row(*kinds)) == Insert(16384, tuple(fields))
