"""Which requests a fault strikes: by route, share, time and number; dice and clock are given."""

import random

import pytest

from facade.sidecar.plan.faults import NOTHING, Effect, Faults, resolved
from facade.sidecar.plan.plan import Fault


def never() -> float:
    return 0.999999


def always() -> float:
    return 0.0


@pytest.mark.parametrize(
    ("method", "target", "strikes"),
    [
        ("GET", "/api/products/B-1", True),
        ("HEAD", "/api/products/B-1", True),
        ("GET", "/api/products/B-1?x=1", True),
        ("GET", "/api//products/./B-1", True),
        ("GET", "/api/products/%42-1", True),
        ("GET", "/api/products", False),
        ("GET", "/api/products/B-1/stock", False),
        ("POST", "/api/products/B-1", False),
    ],
)
def test_a_fault_strikes_its_route(method: str, target: str, strikes: bool) -> None:
    faults = Faults([Fault("gone", "GET /api/products/{sku}", status=503)])
    effect = faults.meet(method, target, 0.0, always)
    assert effect == (Effect(status=503, names=("gone",)) if strikes else NOTHING)


def test_every_method_and_every_path_below() -> None:
    faults = Faults([Fault("all", "* /{path*}", reset="before")])
    assert faults.meet("DELETE", "/a/b/c", 0.0, always).reset == "before"


def test_a_share_strikes_that_share() -> None:
    faults = Faults([Fault("some", "GET /x", share=0.1, status=503)])
    dice = random.Random(4)
    struck = sum(faults.meet("GET", "/x", 0.0, dice.random).ends_it for _ in range(20_000))
    assert 1850 < struck < 2150  # 2000, and 3.5 standard deviations
    assert list(faults.hits.values()) == [struck]


def test_a_share_of_nothing_and_of_everything() -> None:
    none = Faults([Fault("none", "GET /x", share=0.0, status=503)])
    every = Faults([Fault("every", "GET /x", share=1.0, status=503)])
    assert none.meet("GET", "/x", 0.0, always) == NOTHING
    assert every.meet("GET", "/x", 0.0, never).status == 503


def test_a_fault_ends_at_its_time_and_after_its_number() -> None:
    faults = Faults(
        [Fault("t", "GET /t", status=500, until=100.0), Fault("n", "GET /n", status=500, times=2)]
    )
    assert faults.meet("GET", "/t", 99.9, always).status == 500
    assert faults.meet("GET", "/t", 100.0, always) == NOTHING
    assert [faults.meet("GET", "/n", 0.0, always).status for _ in range(3)] == [500, 500, None]


def test_delays_add_up_and_the_first_ending_holds() -> None:
    faults = Faults(
        [
            Fault("slow", "GET /x", latency_ms=200),
            Fault("slower", "GET /x", latency_ms=100, jitter_ms=100),
            Fault("broken", "GET /x", status=503),
            Fault("cut", "GET /x", partial=0.5),
        ]
    )
    rolls = iter([0.0, 0.0, 0.5, 0.0, 0.0])
    assert faults.meet("GET", "/x", 0.0, lambda: next(rolls)) == Effect(
        delay=pytest.approx(0.35), status=503, names=("slow", "slower", "broken", "cut")
    )


def test_hits_outlive_a_new_plan_where_the_fault_stays() -> None:
    stays, goes = Fault("a", "GET /x", status=503, times=1), Fault("b", "GET /y", status=503)
    before = Faults([stays, goes])
    before.meet("GET", "/x", 0.0, always)
    after = Faults([stays, Fault("c", "GET /z", status=500)], before.hits)
    assert after.hits[stays] == 1
    assert after.meet("GET", "/x", 0.0, always) == NOTHING


@pytest.mark.parametrize("target", ["*", "/%zz?q", "http://"])
def test_a_target_that_cannot_be_read_is_taken_as_written(target: str) -> None:
    assert resolved(target) == target.partition("?")[0]
