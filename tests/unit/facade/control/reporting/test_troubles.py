"""What is wrong with upstreams, said once for all workers."""

from typing import Any

import pytest

from facade.control.reporting.troubles import upstream_troubles
from facade.routes.config.routefile import Health, UpstreamConfig

LEGACY = {"legacy": UpstreamConfig("legacy", ("http://a.test:1",))}
DOWN = "upstream legacy, http://a.test:1, is down: it accepts no connection"
FACTS = "12 of 20 calls failed, 0 were slow"


def words_of(workers: Any, configs: dict[str, UpstreamConfig] = LEGACY) -> list[str]:
    return [one.began() for one in upstream_troubles(workers.fleet, configs)]


def test_nothing_is_wrong_with_what_nobody_asked_yet(workers: Any) -> None:
    assert words_of(workers) == []
    workers.report(0, version="v1")
    assert words_of(workers) == []


def test_two_workers_that_see_the_same_say_it_once(workers: Any) -> None:
    workers.upstream(0, a=False)
    workers.upstream(1, a=False)
    assert words_of(workers) == [DOWN]
    workers.upstream(0, a=True)
    assert words_of(workers) == [DOWN]
    workers.upstream(1, a=True)
    assert words_of(workers) == []


def test_what_a_dead_worker_saw_is_forgotten(workers: Any) -> None:
    workers.upstream(0, a=False)
    workers.fleet.lost(workers.fleet.living()[0])
    assert words_of(workers) == []


def test_each_address_is_named_and_so_is_the_health_check(workers: Any) -> None:
    workers.upstream(0, a=False, b=True, c=False)
    config = UpstreamConfig("legacy", health=Health("/healthz"))
    assert words_of(workers, {"legacy": config}) == [
        f"upstream legacy, http://{host}.test:1, is down: it accepts no connection,"
        " or /healthz does not answer well"
        for host in "ac"
    ]


def test_an_upstream_without_an_address_is_said(workers: Any) -> None:
    workers.upstream(0, name="catalog")
    catalog = {"catalog": UpstreamConfig("catalog", service="catalog-v2")}
    assert words_of(workers, catalog) == [
        "upstream catalog has no address: the registry knows no instance of catalog-v2"
    ]
    workers.upstream(0, name="catalog", a=True)
    assert words_of(workers, catalog) == []


@pytest.mark.parametrize("state", ["open", "half-open", "ramp"])
def test_a_breaker_that_holds_calls_back_and_why(workers: Any, state: str) -> None:
    workers.upstream(0, breaker=state, a=True)
    assert words_of(workers) == [f"the breaker of legacy for reads opened: {FACTS}"]


def test_in_how_many_workers_a_breaker_is_open(workers: Any) -> None:
    workers.upstream(0, a=True)
    workers.upstream(1, breaker="open", a=True)
    words = f"the breaker of legacy for reads opened in 1 of 2 workers: {FACTS}"
    assert words_of(workers) == [words]
    workers.upstream(1, a=True)
    assert words_of(workers) == []


def test_an_upstream_that_left_the_table_is_no_trouble(workers: Any) -> None:
    workers.upstream(0, breaker="open", a=False)
    assert words_of(workers, {"other": UpstreamConfig("other")}) == []
