"""The list of survivors: each with a reason, and none too many."""

import pytest

from tests.mutants import accepted
from tests.mutants.changes import changes

PATH = "facade/routes/stages.py"
NAME = changes(PATH)[0].name


def listed(*entries: str) -> accepted.Accepted:
    return accepted.read(f"{PATH}:\n" + "".join(f"  - {entry}\n" for entry in entries))


def test_an_entry_names_a_change_and_says_why_it_survives() -> None:
    found = listed("{change: 'f: a -> b', equivalent: same}", "{change: 'f: c -> d', survives: x}")
    first, second = found[PATH, "f: a -> b"], found[PATH, "f: c -> d"]
    assert (first.equivalent, first.reason) == (True, "same")
    assert (second.equivalent, second.reason) == (False, "x")
    assert accepted.read("{}") == {}


@pytest.mark.parametrize(
    "entry",
    [
        "{change: 'f: a -> b'}",
        "{change: 'f: a -> b', why: x}",
        "{change: 'f: a -> b', equivalent: ''}",
        "{change: 'f: a -> b', equivalent: x, survives: x}",
        "{equivalent: x}",
    ],
)
def test_an_entry_without_a_reason_is_an_error(entry: str) -> None:
    with pytest.raises(ValueError, match=f"{PATH}: .*expected `change` and a reason"):
        listed(entry)


def test_an_entry_is_there_once() -> None:
    with pytest.raises(ValueError, match="f: a -> b: it is there twice"):
        listed(*["{change: 'f: a -> b', equivalent: x}"] * 2)


def test_an_entry_whose_change_is_gone_is_stale() -> None:
    found = listed(f"{{change: '{NAME}', equivalent: x}}", "{change: 'f: a -> b', survives: x}")
    assert accepted.stale(found) == [f"{PATH}: f: a -> b"]
    gone = accepted.read("no/such.py:\n  - {change: 'f: a -> b', equivalent: x}\n")
    assert accepted.stale(gone) == ["no/such.py: f: a -> b"]


def test_an_entry_that_a_test_kills_is_stale() -> None:
    found = listed(f"{{change: '{NAME}', equivalent: x}}")
    assert accepted.killed_by_now(found, [(PATH, NAME), (PATH, "f")]) == [f"{PATH}: {NAME}"]
