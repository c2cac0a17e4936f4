"""Column texts as JSON values."""

import pytest

from new_services.feed.log.values import from_postgres_time, to_value


@pytest.mark.parametrize(
    ("text", "oid", "value"),
    [
        (None, 23, None),
        ("-7", 23, -7),
        ("9223372036854775807", 20, 2**63 - 1),
        ("t", 16, True),
        ("f", 16, False),
        ("t", 25, "t"),
        ("1.50", 1700, "1.50"),
        ("2026-01-02 03:04:05", 1114, "2026-01-02 03:04:05"),
    ],
)
def test_value(text, oid, value):
    assert to_value(text, oid) == value
    assert type(to_value(text, oid)) is type(value)


def test_postgres_time_starts_in_2000():
    assert from_postgres_time(0) == "2000-01-01T00:00:00.000000Z"
    assert from_postgres_time(1) == "2000-01-01T00:00:00.000001Z"
