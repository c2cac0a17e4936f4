"""Rates, stages and evidence over time, from samples."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fig.demo.judge.sample import Latency, Pairs, RouteSample, Sample
from fig.demo.judge.series import bands, points


def sample(at: float, legacy: int, new: int, stage: str = "canary", pairs: int = 0) -> Sample:
    route = RouteSample(
        "product-list",
        stage,
        25 if stage == "canary" else None,
        {"legacy": legacy, "new": new},
        {"legacy": Latency(10.0, 30.0), "new": Latency(2.0, 5.0)},
        Pairs(completed=pairs, matched=pairs),
    )
    return Sample(at, "v", ("v",), {"product-list": route})


ROUTES = ("product-list",)


def test_rates_over_the_last_two_seconds() -> None:
    found = points([sample(n / 2, legacy=n * 30, new=n * 10) for n in range(9)], ROUTES)
    assert found[-1].rates == pytest.approx({"legacy": 60.0, "new": 20.0})
    assert found[-1].share == pytest.approx(0.25)
    assert found[-1].latency["new"] == (2.0, 5.0)


def test_evidence_that_was_forgotten_begins_from_nothing() -> None:
    found = points([sample(0, 0, 0, pairs=500), sample(1, 9, 9, pairs=20)], ROUTES)
    assert found[-1].equal == 20.0


def test_a_facade_that_was_restarted_counts_as_nothing() -> None:
    found = points([sample(0, 500, 0), sample(1, 3, 0)], ROUTES)
    assert found[-1].rates["legacy"] == 0.0


def test_a_route_nobody_knows_yet_is_no_error() -> None:
    empty = replace(sample(0, 0, 0), routes={})
    assert points([empty, sample(1, 5, 5)], ROUTES)[-1].share == 0.0


def test_bands_have_no_gaps() -> None:
    stages = ["legacy", "legacy", "shadow", "canary", "canary", "new"]
    found = bands([sample(n, 0, 0, stage) for n, stage in enumerate(stages)], "product-list")
    assert [band.label for band in found] == ["legacy", "shadow", "canary 25 %", "new"]
    assert [(band.began, band.ended) for band in found] == [(0, 2), (2, 3), (3, 5), (5, 5)]
