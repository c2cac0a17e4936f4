"""What each act came to, in figures."""

from __future__ import annotations

from typing import Any

from fig.demo.judge.chapters import Chapter, chapters
from fig.demo.script.pace import FAST
from fig.demo.script.plan import acts
from tests.rigs.processes.demo import Flaws


def words(chapter: Chapter) -> dict[str, str]:
    return {figure.words: figure.value for figure in chapter.figures}


async def test_every_act_of_the_script_has_figures_and_all_that_must_be_none_is(play: Any) -> None:
    record, _, _ = await play(Flaws())
    found = chapters(record)
    assert [one.act.title for one in found] == [act.title for act in acts(FAST)]
    for one in found:
        assert one.act.reached and one.seconds >= 0
        assert words(one)["of them failed"] == "0"
        assert all(figure.good is not False for figure in one.figures)


async def test_the_figures_say_what_happened(play: Any) -> None:
    record, _, _ = await play(Flaws())
    front, goods, orders, *_ = chapters(record)
    assert words(front)["answered by the new side"] == "0"
    caught = record.caught
    assert f"{caught.mismatched} of {caught.pairs}" == goods.figures[0].value
    assert words(goods)["clients had met it"] == "0"
    assert words(orders)["orders taken meanwhile, 5 of them as pending"] == "5"


async def test_one_figure_of_each_says_it_at_a_glance(play: Any) -> None:
    record, _, _ = await play(Flaws())
    front, goods, orders, cutover, end = (one.headline for one in chapters(record))
    assert front.words == "requests, 0 failed"
    assert goods.words == "pairs differed: the fault is caught, 0 clients had met it"
    assert orders.words == "without the monolith, and 5 orders were taken"
    assert (cutover.value, cutover.words) == (
        "9",
        "times a domain changed its owner, 0 writes failed",
    )
    assert (end.value, end.words[-8:]) == (f"{record.without.requests:,}", "0 failed")


async def test_the_requests_of_all_acts_are_those_of_the_run(play: Any) -> None:
    record, _, _ = await play(Flaws())
    asked = sum(one.act.after.requests - one.act.load.requests for one in chapters(record))
    assert asked == record.load.requests


async def test_a_figure_that_must_be_none_is_not_hidden(play: Any) -> None:
    record, _, _ = await play(Flaws(harmed=True))
    (harm,) = [
        figure
        for figure in chapters(record)[2].figures
        if figure.words == "errors on routes that had moved"
    ]
    assert (harm.value, harm.good) == ("1", False)


async def test_an_act_that_broke_off_says_so(play: Any) -> None:
    record, _, _ = await play(Flaws(fault_stays=True))
    last = chapters(record)[-1]
    assert last.act.number == 2 and not last.act.reached
