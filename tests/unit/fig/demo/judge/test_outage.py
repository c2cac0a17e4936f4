"""What a time without legacy was like."""

from __future__ import annotations

from fig.demo.judge.outage import finished_at, outage_of
from fig.demo.judge.sample import Load, Orders, RouteSample, Sample

ROUTES = {
    "order-list": ("new", "GET /api/orders"),
    "place-order": ("new", "POST /api/orders"),
    "login": ("legacy", "POST /api/login"),
}


def sample(
    at: float, errors: dict[str, int], new: int, answered: Orders, time: float = 0.0
) -> Sample:
    sides = {"legacy": 0, "new": new}
    routes = {
        name: RouteSample(name, stage, None, sides, {}, errors=errors.get(name, 0), match=match)
        for name, (stage, match) in ROUTES.items()
    }
    return Sample(at, "v", ("v",), routes, Load(orders=answered, time=time))


def test_errors_by_route_and_those_that_harm() -> None:
    before = sample(10.0, {"login": 1}, 5, Orders(placed=3))
    after = sample(20.0, {"login": 8, "order-list": 2}, 45, Orders(placed=4, pending=6))
    found = outage_of(before, after, 16.0, ("order-list", "place-order"))
    assert (found.began, found.ready, found.ended) == (10.0, 16.0, 20.0)
    assert found.errors == {"login": 7, "order-list": 2}
    assert found.harmed == {"order-list": 2}
    assert (found.taken, found.pending) == (7, 6)
    assert found.shown == 40  # writes are not shown to anybody


def test_the_last_pending_order_is_finished_when_only_later_ones_wait() -> None:
    def at(seconds: float, oldest: float | None) -> Sample:
        return sample(seconds, {}, 0, Orders(oldest=oldest), time=1000.0 + seconds)

    samples = [at(1.0, None), at(5.0, 1002.0), at(6.0, 1002.0), at(7.0, 1006.5), at(8.0, None)]
    assert finished_at(samples, ready=4.5) == 7.0
    assert finished_at(samples[:3], ready=4.5) is None
