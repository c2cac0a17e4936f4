"""The stations of a request: which there are, in which order, and what each finds out."""

from typing import Any

import pytest

from facade.http1.refusal import Refused
from facade.http1.requests import read_request
from facade.proxy import pipeline
from facade.proxy.exchange import Exchange
from facade.proxy.request import Request
from facade.routes.decision import bucket_of
from tests.rigs.facade.wires.ends import FakeClient
from tests.rigs.facade.wires.wire import FakeTransport

STATIONS = ["locate", "identify", "decide", "admit", "introduce", "copy", "connect"]
ROUTES = """
facade: {limits: {body: 10}}
upstreams:
  legacy: {url: "http://legacy.test:1000"}
  fresh:  {url: "http://new.test:2000"}
  empty:  {service: nowhere}
routes:
  - {name: canary, match: "GET /canary/{id}", new: fresh, stage: canary, percent: 50%, key: ["header:who"]}
  - {name: away, match: "GET /away", new: empty, stage: new}
  - {name: no-way-back, match: "GET /retired", new: empty, stage: retired}
  - {name: writes, match: "PUT /w", stage: legacy, max_body: 20, timeout: 7s}
"""  # noqa: E501


@pytest.fixture
def rig(make_rig: Any) -> Any:
    rig = make_rig(ROUTES)
    rig.wire.silent = {1000, 2000}
    return rig


def exchange_of(rig: Any, request: bytes) -> Exchange:
    client = FakeClient(FakeTransport(None, ("a", 1)))  # type: ignore[arg-type]
    return Exchange(client, read_request(request, 100), rig.gateway.context)


def located(rig: Any, request: bytes) -> Request:
    exchange = exchange_of(rig, request)
    pipeline.locate(exchange.request, exchange.worker)
    return exchange.request


def get(target: str, *lines: str) -> bytes:
    return "\r\n".join((f"GET {target} HTTP/1.1", "Host: a", *lines)).encode()


@pytest.mark.python_build
def test_every_station_is_called_once_in_this_order(rig: Any, monkeypatch: Any) -> None:
    called: list[str] = []

    def noted(name: str) -> Any:
        real = getattr(pipeline, name)

        def station(*given: Any, **named: Any) -> Any:
            called.append(name)
            return real(*given, **named)

        return station

    for name in STATIONS:
        monkeypatch.setattr(pipeline, name, noted(name))
    pipeline.forward(exchange_of(rig, get("/canary/7", "who: anna")))
    assert called == STATIONS


def test_locate_finds_the_route_and_keeps_the_version_of_the_table(rig: Any) -> None:
    request = located(rig, get("/canary/7?x=1"))
    assert (request.state.route.name, request.path) == ("canary", "/canary/7")
    version = request.version
    rig.use(ROUTES.replace("7s", "8s"))
    assert request.version == version != located(rig, get("/away")).version


def test_locate_says_whether_a_request_may_be_sent_twice(rig: Any) -> None:
    assert located(rig, get("/canary/7")).idempotent
    assert located(rig, b"PUT /w HTTP/1.1\r\nHost: a\r\nContent-Length: 1").idempotent
    assert not located(rig, b"POST /w HTTP/1.1\r\nHost: a\r\nContent-Length: 1").idempotent


@pytest.mark.parametrize(
    ("method", "path", "length", "refused"),
    [("PUT", "/w", 20, False), ("PUT", "/w", 21, True), ("PUT", "/x", 11, True)],
)
def test_locate_refuses_a_body_beyond_the_limit_of_the_route_or_of_all(
    rig: Any, method: str, path: str, length: int, refused: bool
) -> None:
    request = f"{method} {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}".encode()
    if not refused:
        located(rig, request)
        return
    with pytest.raises(Refused) as found:
        located(rig, request)
    assert found.value.status == 413


def test_locate_refuses_a_path_with_two_readings(rig: Any) -> None:
    with pytest.raises(Refused) as found:
        located(rig, get("/away%2f..%2fcanary/7"))
    assert found.value.status == 400


def test_a_time_limit_is_the_routes_own_or_that_of_all(rig: Any) -> None:
    own = located(rig, b"PUT /w HTTP/1.1\r\nHost: a\r\nContent-Length: 1")
    assert own.state.route.timeout == 7.0
    every = rig.gateway.current.table.routes.options.timeouts.exchange
    assert located(rig, get("/canary/7")).state.route.timeout == every
    assert located(rig, get("/of/no/route")).state.route.timeout == every


def test_identify_takes_the_key_of_the_route(rig: Any) -> None:
    exchange = exchange_of(rig, get("/canary/7", "who: anna"))
    pipeline.forward(exchange)
    assert exchange.request.decision.bucket == bucket_of("canary", "anna")


def test_admit_takes_legacy_where_the_new_side_has_no_instance(rig: Any) -> None:
    exchange = exchange_of(rig, get("/away"))
    pipeline.forward(exchange)
    request = exchange.request
    assert request.attempt.side.name == "legacy"
    assert request.decision.reason == "unavailable"
    assert rig.counts("away")["diverted"] == 1


def test_admit_ends_a_request_that_no_side_may_take(rig: Any) -> None:
    exchange = exchange_of(rig, get("/retired"))
    pipeline.forward(exchange)
    assert exchange.done
    assert exchange.client.calls == [("explain", 503)]  # type: ignore[attr-defined]
    assert exchange.request.attempt.sent == b""


def test_introduce_writes_the_head_for_the_side(rig: Any) -> None:
    exchange = exchange_of(rig, get("/of/no/route", "Connection: close", "A: b"))
    pipeline.forward(exchange)
    sent = exchange.request.attempt.sent
    assert sent.startswith(b"GET /of/no/route HTTP/1.1\r\nHost: a\r\nA: b\r\n")
    assert b"traceparent: " + exchange.request.trace in sent
