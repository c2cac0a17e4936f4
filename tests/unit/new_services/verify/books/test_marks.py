"""The oracle spells marks and times out by itself, and comes to the same as the code it judges."""

import ast
import re
from datetime import datetime
from pathlib import Path

import pytest

from contracts.mark import ALPHABET, is_saga_id, mark, new_saga_id
from new_services.verify.books.marks import KEY_SQL, is_mark, nearest

ROOT = Path(__file__).parents[5]
JUDGES = sorted((ROOT / "new_services/verify").glob("books/*.py"))
JUDGES += sorted((ROOT / "new_services/verify").glob("laws/*.py"))


@pytest.mark.parametrize("path", JUDGES, ids=lambda path: path.name)
def test_it_shares_no_code_and_no_constant_with_what_it_judges(path: Path) -> None:
    imported = {
        node.module
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module
    }
    ours = {name for name in imported if name.startswith(("contracts", "chassis", "new_services"))}
    assert {name for name in ours if not name.startswith("new_services.verify")} == set()


def test_it_knows_our_marks_and_no_others() -> None:
    for _ in range(500):
        key = new_saga_id()
        assert is_mark(key)
        for sign in ALPHABET:
            other = key[:13] + sign + key[14:]
            assert is_mark(other) == is_saga_id(other)
    assert not any(is_mark(text) for text in (None, "", "x" * 16, new_saga_id().lower()))


@pytest.mark.parametrize("text", [None, "PO 17", "~", "a ~b"])
def test_it_finds_them_where_they_are_put(text: str | None) -> None:
    key = new_saga_id()
    found = re.findall(r"'(.*)'", KEY_SQL)
    match = re.search(found[0], mark(text, key))
    assert match is not None and match[1] == key
    assert re.search(found[0], f"PO~{key}") is None
    assert re.search(found[0], f"~{key} and more") is None


@pytest.mark.parametrize(
    ("first", "second", "seconds"),
    [
        ("2026-03-01 12:00:00", "2026-03-01 12:00:10", 10.0),
        ("2026-03-01 12:00:10", "2026-03-01 12:00:00", 10.0),
        ("2026-03-29 01:59:55", "2026-03-29 03:00:05", 10.0),
        ("2026-10-25 02:59:55", "2026-10-25 02:00:05", 10.0),
    ],
)
def test_times_over_a_change_of_summer_time(first: str, second: str, seconds: float) -> None:
    assert nearest(datetime.fromisoformat(first), datetime.fromisoformat(second)) == seconds
