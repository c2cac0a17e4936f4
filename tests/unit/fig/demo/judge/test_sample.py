"""What the figures of one moment say by themselves."""

from __future__ import annotations

from fig.demo.judge.sample import Load, Orders, RouteSample, Sample


def sample(*workers: str) -> Sample:
    route = RouteSample("a", "new", None, {"legacy": 2, "new": 3}, {})
    return Sample(0.0, "v", workers, {"a": route, "b": route})


def test_a_version_is_everywhere_when_there_are_workers_and_all_have_it() -> None:
    assert sample("v", "v").everywhere("v")
    assert not sample("v", "w").everywhere("v")
    assert not sample().everywhere("v")


def test_answers_of_a_side_are_those_of_all_routes() -> None:
    assert (sample().answered("legacy"), sample().answered("new")) == (4, 6)


def test_orders_by_app_and_pages() -> None:
    orders = Orders(placed=3, pending=2, checkouts=4)
    assert (orders.taken, orders.bought) == (5, 9)


def test_strangers_are_those_whom_legacy_alone_knows() -> None:
    excused = {
        "GET /api/orders [after login]": 2,
        "POST /api/orders (who is asking)": 1,
        "GET /": 4,
    }
    assert Load(excused=excused).strangers == 3
