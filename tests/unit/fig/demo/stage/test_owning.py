"""The steps about whose data it is, on a good world and a bad one."""

from __future__ import annotations

import pytest

from fig.demo.judge.record import Record
from fig.demo.script import actions
from fig.demo.stage.owning import OWNING
from fig.demo.stage.world import DemoFailed
from tests.rigs.processes.demo import FakeWorld, Flaws


async def done(action: actions.Action, flaws: Flaws | None = None) -> tuple[Record, list[str]]:
    record, lines = Record("fast", 0.0, 1), []  # type: Record, list[str]
    await OWNING[type(action)](FakeWorld(flaws), record, lines.append, action)
    return record, lines


async def test_a_domain_goes_there_back_and_there_again() -> None:
    record, lines = await done(actions.CutOver("goods", 50))
    assert [one.toward for one in record.handovers] == ["new", "legacy", "new"]
    assert lines[0] == ("goods is owned by new, 2.5 s; 3 writes waited, 120 ms at most; 0 failed")


async def test_an_order_that_is_not_as_it_was_confirmed_ends_the_step() -> None:
    with pytest.raises(DemoFailed, match="SO-1: legacy says 404"):
        await done(actions.ReadOrders("legacy"), Flaws(one_way=True))


async def test_the_books_are_kept_with_what_is_wrong() -> None:
    record, lines = await done(actions.Verify(), Flaws(lost=True))
    assert record.verified is not None and record.verified.wrong
    assert "not the same" in lines[0] and "1 not as confirmed" in lines[0]
