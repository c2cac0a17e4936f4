"""What `make mutants` changes is there, and so is each survivor that it is told to accept.

The trials themselves are run by hand; this holds their lists to the source.
"""

import pytest

from tests.mutants import accepted
from tests.mutants.targets import TARGETS, Target
from tests.rigs.house.source import ROOT


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_the_files_and_tests_of_a_target_are_there(target: Target) -> None:
    for pattern in target.files:
        assert Target("", (pattern,), ()).paths, f"{target.name}: no file is {pattern}"
    for test in target.tests:
        assert (ROOT / test).exists(), f"{target.name}: {test} is gone"


def test_no_accepted_survivor_is_stale() -> None:
    stale = accepted.stale(accepted.load())
    assert not stale, (
        "the code has changed: take these entries out of tests/mutants/accepted.yaml, or give them"
        f" the change's new name: {'; '.join(stale)}"
    )
