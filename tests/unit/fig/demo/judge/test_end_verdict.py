"""The promises about the monolith's end, each broken once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fig.demo.judge.end_verdict import (
    archived,
    end_promises,
    held_the_same,
    laws_alone,
    stands_alone,
)
from tests.rigs.processes.demo import Flaws


async def test_all_hold_on_a_good_world_and_name_their_figures(play: Any) -> None:
    record, _, _ = await play(Flaws())
    assert all(promise.held for promise in end_promises(record))
    alone = record.without
    assert alone.requests > 0 and alone.orders > 0
    assert f"{alone.requests:,} requests in" in stands_alone(record).evidence
    assert "0 counted apart" in stands_alone(record).evidence
    assert "5,020 rows in 12 tables" in archived(record).evidence


async def test_only_what_came_after_the_farewell_counts(play: Any) -> None:
    record, _, _ = await play(Flaws())
    assert record.gone.load.requests + record.without.requests == record.load.requests
    record.load = replace(record.load, requests=record.gone.load.requests)
    assert not stands_alone(record).held


async def test_one_answer_with_5xx_or_one_excuse_is_too_many(play: Any) -> None:
    record, _, _ = await play(Flaws())
    record.gone = replace(record.gone, errors=record.gone.errors - 1)
    assert not stands_alone(record).held
    record.gone = replace(record.gone, errors=record.gone.errors + 1)
    record.load = replace(record.load, excused={**record.load.excused, "GET /": 1})
    assert not stands_alone(record).held


async def test_every_window_has_to_close(play: Any) -> None:
    record, _, _ = await play(Flaws())
    record.windows.pop()
    assert not held_the_same(record).held


async def test_laws_of_single_services_are_no_books(play: Any) -> None:
    record, _, _ = await play(Flaws())
    (law,) = record.verified.laws
    record.verified = replace(record.verified, laws=(replace(law, database="orders"),))
    assert not laws_alone(record).held


async def test_a_run_that_did_not_come_so_far_keeps_none(play: Any) -> None:
    record, _, _ = await play(Flaws(fault_stays=True))
    assert not any(promise.held for promise in end_promises(record))
