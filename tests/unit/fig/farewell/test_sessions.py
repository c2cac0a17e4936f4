"""Whose session it is: ours may be ended, any other is named."""

import pytest

from fig.farewell.sessions import Holder, held


@pytest.mark.parametrize(
    ("role", "program", "foreign", "unnamed"),
    [
        ("feed", "fig-feed", False, False),
        ("reverse", "fig-reverse", False, False),
        ("accounts", "", False, True),
        ("legacy", "", False, True),  # the monolith, or somebody with its role
        ("legacy", "psql", True, False),
        ("postgres", "cron", True, False),
        ("analyst", "", True, True),
    ],
)
def test_who_it_is(role: str, program: str, foreign: bool, unnamed: bool) -> None:
    one = Holder(7, role, program, "")
    assert (one.foreign, one.unnamed) == (foreign, unnamed)


def test_they_are_named_with_pid_and_query() -> None:
    said = str(held([Holder(7, "analyst", "", "SELECT\n  1"), Holder(8, "legacy", "psql", "")]))
    assert "  pid 7 (without a name, role analyst): SELECT 1\n" in said
    assert "  pid 8 (psql, role legacy): no query yet\n" in said
    assert said.endswith("then `fig farewell` goes on. Nothing was dropped")
