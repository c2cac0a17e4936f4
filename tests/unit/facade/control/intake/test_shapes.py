"""Shapes of many workers: bounded, the most used by name, none lost."""

from typing import Any

from facade.control.intake.shapes import bounded, with_histograms
from facade.proxy.counting.histogram import SLOTS
from facade.routes.unmatched import MOST_SHAPES

OTHERS = "* (others)"


def shape(requests: int) -> dict[str, Any]:
    return {"requests": {"legacy": requests}, "latency": {"legacy": {"3": requests}}}


def test_the_most_used_keep_their_names_and_the_rest_is_one_sum() -> None:
    counted = {OTHERS: shape(5)} | {f"GET /{n}x": shape(n) for n in range(MOST_SHAPES + 2)}
    found = bounded(counted)
    assert len(found) == MOST_SHAPES + 1
    assert next(iter(found)) == f"GET /{MOST_SHAPES + 1}x"
    assert list(found)[-1] == OTHERS
    assert found[OTHERS] == shape(5 + 0 + 1)


def test_few_stay_as_they_are() -> None:
    assert bounded({"GET /a": shape(1)}) == {"GET /a": shape(1)}
    assert bounded({}) == {}


def test_latency_becomes_a_whole_histogram() -> None:
    latency = with_histograms({"GET /a": shape(2)})["GET /a"]["latency"]["legacy"]
    assert (len(latency), sum(latency), latency[3]) == (SLOTS, 2, 2)
