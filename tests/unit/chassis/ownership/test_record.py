"""Who takes a new write, by the record and by the fence."""

from dataclasses import replace

import pytest

from chassis.ownership.record import Fence, Owner, Phase, Record


@pytest.mark.parametrize("owner", Owner)
def test_a_write_waits_in_every_phase_but_one(owner: Owner) -> None:
    record = Record("goods", owner)
    assert record.writer is owner
    for phase in set(Phase) - {Phase.SETTLED}:
        assert replace(record, phase=phase).writer is None


def test_the_other_one_and_the_fence() -> None:
    assert [owner.other for owner in (Owner.LEGACY, Owner.NEW)] == [Owner.NEW, Owner.LEGACY]
    assert Fence().open
    assert not Fence(Owner.NEW).open
