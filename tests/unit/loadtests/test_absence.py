"""What may be excused while legacy is stopped on purpose, and what never."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadtests.absence import Absence
from loadtests.answer import Answer

SPARED = frozenset({"POST /api/orders"})


@pytest.mark.parametrize(
    ("request_", "status", "declared", "excused"),
    [
        ("POST /api/login", 502, True, True),
        ("GET /", 503, True, True),
        ("POST /api/login", 502, False, False),  # nobody said that legacy is stopped
        ("POST /api/orders", 503, True, False),  # the new side has to answer this
        ("POST /api/login", 500, True, False),  # an answer, and a wrong one
        ("POST /api/login", 200, True, False),
        ("POST /api/login", 0, True, False),  # the facade itself has to answer
    ],
)
def test_only_the_gateway_s_word_for_what_only_legacy_answers(
    request_: str, status: int, declared: bool, excused: bool
) -> None:
    assert Absence(None).excuses(request_, Answer(status), declared, SPARED) is excused


def test_the_file_says_how_long_it_lasts_and_what_is_answered_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "absence"
    absence = Absence(path)
    assert (absence.declared(), absence.answered_all_the_same()) == (False, frozenset())
    path.write_text("POST /api/orders\nGET /api/orders\n")
    assert absence.declared()
    assert absence.answered_all_the_same() == {"POST /api/orders", "GET /api/orders"}
    path.unlink()
    assert not absence.declared()


def test_without_a_file_nothing_is_ever_declared() -> None:
    assert not Absence(None).declared()
