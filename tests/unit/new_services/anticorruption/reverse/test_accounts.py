"""A customer of ours -> the monolith's row: the whole of a new one, of others what differs."""

from legacy_monolith.models import Customer
from new_services.anticorruption.reverse.accounts import INVERSE, changed_columns, customer_row

OURS = {
    "id": 7, "email": "eva@example.org", "name": "Eva", "admin": False, "street": "Gasse 1",
    "zip": "6020", "city": "Füssen", "country": "DE", "created": "2026-01-02 03:04:05",
    "pw_hash": "pbkdf2:sha256:1000$a$b",
}  # fmt: skip


def test_a_new_row_has_every_column_and_means_the_same() -> None:
    row = customer_row(OURS)
    assert set(row) == {column.name for column in Customer.__table__.columns}
    assert row["is_admin"] == "N"
    fields = {name: value for name, value in OURS.items() if name not in ("id", "pw_hash")}
    assert INVERSE.mapping.translate(row) == fields


def test_of_a_row_that_is_there_what_differs_is_written() -> None:
    row = customer_row(OURS)
    assert changed_columns(row, OURS) == {}
    assert changed_columns({**row, "city": "x", "pw_hash": "y"}, OURS) == {
        "city": "Füssen",
        "pw_hash": OURS["pw_hash"],
    }
