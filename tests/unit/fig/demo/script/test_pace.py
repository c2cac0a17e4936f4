"""How sure each pace has to be, as the route file says it and as the pairs it takes."""

from __future__ import annotations

import pytest

from facade.compare.evidence.bounds import anytime_pairs_needed
from facade.routes.file.kinds.quantities import Share
from fig.demo.script.pace import (
    COMPARED,
    FAST,
    NORMAL,
    ORDER_READS,
    PRODUCT_ROUTES,
    Bounds,
    pairs_for,
    sure,
)


@pytest.mark.parametrize("percent", [90, 80, 50, 30, 20, 10, 5, 1])
def test_the_pairs_of_a_bound(percent: int) -> None:
    pairs = pairs_for(percent)
    assert pairs == anytime_pairs_needed(0, percent / 100)
    assert sure(percent) == f"{pairs} a route (at most {percent} % of the answers can be wrong)"


def test_a_bound_is_written_as_the_route_file_reads_it() -> None:
    written = Bounds(5, 1).written
    assert {key: Share().parse(text) for key, text in written.items()} == {
        "canary": 500, "new": 100,
    }  # fmt: skip


def test_every_compared_route_has_a_bound_and_the_products_the_narrower_one() -> None:
    for pace in (NORMAL, FAST):
        assert set(pace.promote) == set(COMPARED)
        for product in PRODUCT_ROUTES:
            for order in ORDER_READS:
                assert pace.promote[product].new < pace.promote[order].new <= pace.pages.new
    assert NORMAL.products == Bounds(5, 1), "the route file's own defaults"
