"""What may be excused while legacy is stopped on purpose, and what never."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadtests.absence import WHO, Absence, Declared
from loadtests.answer import Answer

STOPPED = Declared(True, frozenset({"POST /api/orders"}))


@pytest.mark.parametrize(
    ("request_", "status", "declared", "excuse"),
    [
        ("POST /api/login", 502, STOPPED, ""),
        ("GET /", 503, STOPPED, ""),
        ("POST /api/login", 502, Declared(), None),  # nobody said that legacy is stopped
        ("POST /api/orders", 503, STOPPED, None),  # the new side has to answer this
        ("POST /api/login", 500, STOPPED, None),  # an answer, and a wrong one
        ("POST /api/login", 200, STOPPED, None),
        ("POST /api/login", 0, STOPPED, None),  # the facade itself has to answer
    ],
)
def test_only_the_gateway_s_word_for_what_only_legacy_answers(
    request_: str, status: int, declared: Declared, excuse: str | None
) -> None:
    assert declared.excuse(request_, Answer(status), known=False) == excuse


def test_who_is_asking_is_legacy_s_word_until_the_new_side_has_answered_once() -> None:
    answer = Answer(503, b'{"detail": "... could not find out who is asking."}')
    assert STOPPED.excuse("POST /api/orders", answer, known=False) == WHO
    assert STOPPED.excuse("POST /api/orders", answer, known=True) is None


def test_the_file_says_how_long_it_lasts_and_what_is_answered_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "absence"
    absence = Absence(path)
    assert absence.declared() == Declared()
    path.write_text("POST /api/orders\nGET /api/orders\n")
    assert absence.declared() == Declared(True, frozenset({"POST /api/orders", "GET /api/orders"}))
    path.unlink()
    assert absence.declared() == Declared()


def test_what_was_declared_at_either_end_of_a_request_counts() -> None:
    assert Declared() | STOPPED == STOPPED | Declared() == STOPPED


def test_without_a_file_nothing_is_ever_declared() -> None:
    assert Absence(None).declared() == Declared()
