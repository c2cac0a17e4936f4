"""SQL that gives the text of the log: where a cast would do, where it would not."""

import pytest

from new_services.feed.log.columns import as_written, selected, text_of
from new_services.feed.log.tables import Column

INET, TIMESTAMP, INT4, BOOLEAN, BPCHAR = 869, 1114, 23, 16, 1042


@pytest.mark.parametrize(
    ("oid", "sql"),
    [
        (INT4, '"c"'),
        (BOOLEAN, '"c"'),
        (BPCHAR, '"c"'),
        (TIMESTAMP, '"c"::text'),
        (INET, """CASE WHEN "c" IS DISTINCT FROM NULL THEN format('%s', "c") END"""),
    ],
)
def test_a_column_as_it_is_read(oid: int, sql: str) -> None:
    assert selected(Column("c", oid, "")).as_string() == sql


def test_as_text_a_boolean_is_not_cast() -> None:
    assert text_of(Column("c", BOOLEAN, "boolean")).as_string().startswith("CASE")


def test_a_value_as_the_log_writes_it() -> None:
    assert [as_written(value) for value in (True, False, 7, "x")] == ["t", "f", "7", "x"]
