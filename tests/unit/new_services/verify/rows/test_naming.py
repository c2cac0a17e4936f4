"""What a difference is called."""

import pytest

from new_services.verify.rows.naming import Kind, name

ROW = {
    "name": "Über alle Berge",
    "total": "49.00",
    "quantity": "7",
    "updated": "2026-01-02 10:00:00",
}


def changed(**fields):
    return name("1", ROW, {**ROW, **fields}, tombstone=False)


@pytest.mark.parametrize(
    ("fields", "kind", "detail"),
    [
        ({"name": "Über"}, Kind.TRUNCATED, "name ends too early"),
        ({"name": ""}, Kind.DIFFERENT, "name"),
        ({"name": None}, Kind.DIFFERENT, "name"),
        ({"total": "48.99"}, Kind.AMOUNT, "total is off by -0.01"),
        ({"total": "4"}, Kind.AMOUNT, "total is off by -45.00"),
        ({"quantity": "8"}, Kind.AMOUNT, "quantity is off by +1"),
        ({"quantity": "8", "total": "1"}, Kind.DIFFERENT, "total, quantity"),
        (
            {"quantity": "8", "updated": "2026-01-01 10:00:00"},
            Kind.STALE,
            "as of 2026-01-01 10:00:00, legacy is at 2026-01-02 10:00:00",
        ),
        ({"updated": "2026-01-03 10:00:00"}, Kind.DIFFERENT, "updated"),
    ],
)
def test_a_row_that_both_sides_have(fields, kind, detail):
    found = changed(**fields)
    assert (found.kind, found.detail) == (kind, detail)
    assert {each.name: each.here for each in found.fields} == fields


def test_a_row_that_one_side_has_not():
    assert name("1", ROW, None, tombstone=False).kind is Kind.MISSING
    assert name("1", ROW, None, tombstone=True).kind is Kind.DELETED
    assert name("1", None, ROW, tombstone=False).kind is Kind.LEFT_OVER
