"""Changes of the legacy tables become facts about the goods."""

import pytest

from contracts.feed.change import Change, Op
from contracts.feed.facts import Cleared, Gone, Reached, Stored
from new_services.anticorruption.read_models import translator

translate = translator("catalog")


def change(table, op, key=None, before=None, after=None, committed="") -> Change:
    return Change(table, op, key or {}, before, after, 9, 2, 1, committed)


@pytest.mark.parametrize("op", [Op.INSERT, Op.UPDATE, Op.SNAPSHOT])
def test_a_row_is_stored(op):
    row = {"sku": "A", "qty": 3, "updated": "2026-01-01 00:00:00"}
    assert translate(change("stock", op, {"sku": "A"}, None, row)) == (
        Stored("stock", "A", {"sku": "A", "quantity": 3}, (9, 2)),
    )


def test_both_spellings_become_one():
    (stored,) = translate(change("variant", Op.INSERT, {"id": 1}, None, {"id": 1, "color": "red"}))
    assert stored.fields == {"id": 1, "colour": "red"}


def test_a_deleted_row_is_gone():
    assert translate(change("product", Op.DELETE, {"id": 5}, {"id": 5})) == (
        Gone("product", 5, (9, 2)),
    )


def test_a_renamed_key_is_gone_under_its_old_name():
    facts = translate(
        change("stock", Op.UPDATE, {"sku": "B"}, {"sku": "A"}, {"sku": "B", "qty": 1})
    )
    assert facts == (
        Gone("stock", "A", (9, 2)),
        Stored("stock", "B", {"sku": "B", "quantity": 1}, (9, 2)),
    )


@pytest.mark.parametrize("op", [Op.TRUNCATE, Op.SNAPSHOT_END])
def test_the_end_of_older_rows(op):
    assert translate(change("category", op)) == (Cleared("category", (9, 2)),)


def test_a_watermark_in_unix_microseconds():
    watermark = change("watermark", Op.WATERMARK, committed="2026-01-01T00:00:00.000001Z")
    assert translate(watermark) == (Reached(1767225600000001),)


def test_other_tables_say_nothing_about_goods():
    assert translate(change("orders", Op.INSERT, {"id": 1}, None, {"id": 1})) == ()


def test_subjects_are_what_is_understood():
    tables = {"legacy.category", "legacy.product", "legacy.variant", "legacy.stock"}
    shapes = {f"{table}.shape" for table in tables}
    assert set(translate.subjects) == tables | shapes | {"legacy.watermark", "legacy.fence"}
