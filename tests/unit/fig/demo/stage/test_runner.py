"""The script runs through on a good world, and stops where a bad one breaks a promise."""

from __future__ import annotations

from typing import Any

import pytest

from fig.demo.judge.verdict import exit_code, judge
from fig.demo.script.pace import FAST, PRODUCT_ROUTES
from tests.rigs.processes.demo import Flaws, plan


def broken(record: Any) -> list[str]:
    return [promise.name for promise in judge(record) if not promise.held]


async def test_a_good_world_keeps_every_promise(play: Any) -> None:
    record, world, _ = await play(Flaws())
    assert broken(record) == []
    assert exit_code(judge(record)) == 0
    assert [step.name for step in record.steps] == [step.name for step in plan(FAST)]
    assert [call for call in world.calls if "category-list" in call] == [
        "flip category-list shadow None",
        "flip category-list canary 25",
        "flip category-list new None",
        "flip category-list legacy None",
        "flip category-list new None",
    ]


async def test_the_fault_is_off_before_anything_is_promoted(play: Any) -> None:
    _, world, _ = await play(Flaws())
    assert world.calls.index("restart ") < world.calls.index("flip product-list canary 25")


async def test_flips_know_where_the_traffic_went(play: Any) -> None:
    record, _, _ = await play(Flaws())
    by_target = {flip.target: flip for flip in record.flips if flip.route == "product-detail"}
    assert by_target["shadow"].seen["new"] == 0
    assert by_target["new"].seen["legacy"] == 0
    quarter = by_target["canary 25 %"].seen
    assert quarter["new"] / (quarter["new"] + quarter["legacy"]) == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("flaws", "promise", "last_step"),
    [
        (Flaws(blind=True), "the fault was caught in shadow", "catch"),
        (Flaws(fault_stays=True), "after the fault was off, the pairs compared equal", "clean"),
        (Flaws(gullible=True), "the fault was caught in shadow", "refuse"),
        (Flaws(deaf=True), "every flip took effect", "shadow"),
        (Flaws(stuck=True), "every flip took effect", "canary-25"),
        (Flaws(failing="status 502 instead of 200: x"), "no request failed", "verify"),
        (Flaws(failing="product.price is 1"), "no client ever got a wrong answer", "verify"),
        (Flaws(errors=1), "no request failed", "verify"),
        (Flaws(eager=True), "every flip took effect", "shadow"),
        (Flaws(price_lost=True), "the script ran to its end", "price"),
        (Flaws(closed=True), "orders were taken while legacy was stopped", "verify"),
        (Flaws(harmed=True), "orders were taken while legacy was stopped", "verify"),
        (Flaws(harmed=True), "no request failed", "verify"),
        (Flaws(held_back=True), "the script ran to its end", "away"),
        (Flaws(stalled=True), "every pending order was finished", "finish"),
        (Flaws(one_way=True), "the way back was open", "read-legacy"),
        (Flaws(retiring=True), "no route is retired while legacy owns its data", "retire"),
        (
            Flaws(dropped_write=True),
            "each domain changed its owner there, back and there again",
            "verify",
        ),
        (Flaws(lost=True), "no acknowledged order was lost or doubled", "verify"),
        (Flaws(lawless=True), "the new side holds its laws alone (fig verify)", "verify"),
        (Flaws(stuck_saga=True), "the new side holds its laws alone (fig verify)", "verify"),
        (Flaws(missed=True), "the shop stood without the monolith", "verify"),
        (Flaws(empty=True), "the shop stood without the monolith", "without"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
async def test_a_bad_world_breaks_the_promise_it_should(
    play: Any, flaws: Flaws, promise: str, last_step: str
) -> None:
    record, _, _ = await play(flaws)
    assert promise in broken(record)
    assert record.steps[-1].name == last_step
    assert exit_code(judge(record)) == 1


async def test_the_catch_is_reported_with_a_sample(play: Any) -> None:
    record, _, watch = await play(Flaws())
    assert record.caught is not None
    assert {one.route for one in record.caught.differences} == set(PRODUCT_ROUTES)
    assert any("legacy 10.46, new 10.45" in line for line in watch.lines)


async def test_a_promotion_on_bad_evidence_is_asked_for_and_refused(play: Any) -> None:
    record, world, watch = await play(Flaws())
    assert world.calls.index("ask product-list canary 5") < world.calls.index("restart ")
    assert "speaks against" in record.refusal
    assert any("speaks against" in line for line in watch.lines)


async def test_a_route_whose_data_legacy_owns_is_not_retired(play: Any) -> None:
    record, world, watch = await play(Flaws())
    assert world.calls.index("read new") < world.calls.index("ask place-order retired None")
    assert any("cannot be retired: legacy owns" in line for line in watch.lines)
    assert world.routes["place-order"].stage == "new"
    (promise,) = [one for one in judge(record) if "retired" in one.name]
    assert promise.held and promise.evidence == record.not_retired


async def test_a_refusal_for_another_reason_is_no_proof(play: Any) -> None:
    record, _, _ = await play(Flaws())
    record.not_retired = "the evidence speaks against place-order → retired"
    assert broken(record) == ["no route is retired while legacy owns its data"]


async def test_a_fault_that_stays_is_never_promoted(play: Any) -> None:
    record, world, _ = await play(Flaws(fault_stays=True))
    assert not any(call.startswith("flip") and "canary" in call for call in world.calls)
    assert "pairs differ" in record.broken


async def test_orders_move_together_and_legacy_is_stopped_when_they_are_new(play: Any) -> None:
    record, world, _ = await play(Flaws())
    shadow = world.calls.index("flip place-order shadow None")
    assert shadow < world.calls.index("flip product-list canary 25")
    assert world.calls.index("flip stock new None") < world.calls.index("stop legacy")
    assert world.calls[-1] == "verify"
    assert record.outage is not None
    assert (record.outage.pending, record.outage.harmed) == (5, {})
    assert record.outage.errors == {"register": 7}


async def test_what_only_legacy_could_answer_is_counted_apart(play: Any) -> None:
    record, _, _ = await play(Flaws())
    by_name = {promise.name: promise for promise in judge(record)}
    assert record.last is not None
    assert record.last.server_errors == 7
    assert "counted apart: 7 needed legacy" in by_name["no request failed"].evidence
    taken = by_name["orders were taken while legacy was stopped"].evidence
    assert "POST /register 7" in taken


async def test_a_broken_run_keeps_no_promise_it_did_not_come_to(play: Any) -> None:
    record, _, _ = await play(Flaws(fault_stays=True))
    assert {
        "orders were taken while legacy was stopped",
        "every pending order was finished",
        "no acknowledged order was lost or doubled",
        "the way back was open",
        "each domain changed its owner there, back and there again",
        "both sides held the same until the windows closed",
        "the monolith was deleted, and its archive tried before",
        "the shop stood without the monolith",
        "the new side holds its laws alone (fig verify)",
    } <= set(broken(record))


async def test_somebody_whom_only_legacy_knows_is_counted_apart_too(play: Any) -> None:
    record, _, _ = await play(Flaws(stranger=True))
    assert broken(record) == []
    assert record.outage is not None
    assert record.outage.harmed == {"place-order": 1}
