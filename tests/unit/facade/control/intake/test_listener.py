"""Frames become pairs and counters; nonsense is reported and survived."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from facade.control.evidence_store.ledger import Ledger
from facade.control.intake.fleet import Fleet
from facade.control.intake.frames import read_pair
from facade.control.intake.listener import Intake
from facade.control.judging.asking import can_ask
from facade.control.reporting.failures import Failures
from facade.runtime.channel import COUNTERS, FAILED, HELLO, PAIR, Frame

SIDE = {"status": 200, "headers": "Content-Type: a/b\r\n", "length": 2, "ms": 1.5, "error": None}
META: dict[str, Any] = {
    "route": "r",
    "method": "GET",
    "target": "/x?q=1",
    "stage": "shadow",
    "percent": 2500,
    "version": "v",
    "request_id": "id",
    "started": 12.5,
    "signed_in": False,
    "live": "legacy",
    "sides": {"legacy": SIDE, "new": SIDE | {"length": 3}},
}


class Pipeline:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.accepted: list[Any] = []

    def accept(self, waiting: Any) -> None:
        self.accepted.append(waiting)


@pytest.fixture
def pipeline() -> Pipeline:
    return Pipeline()


@pytest.fixture
def intake(pipeline: Pipeline) -> Intake:
    return Intake(Fleet(), Ledger(), pipeline, Failures(), clock=lambda: 1.0)  # type: ignore[arg-type]


def frame(kind: int, meta: Any, blob: bytes = b"") -> Frame:
    return Frame(kind, json.loads(json.dumps(meta)), blob)


def test_a_pair_is_read_whole() -> None:
    found = read_pair(frame(PAIR, META | {"request_headers": "Cookie: a=1\r\n"}, b"aabbb"))
    assert (found.pair.control.body, found.pair.candidate.body) == (b"aa", b"bbb")
    assert found.pair.control.headers == (("content-type", "a/b"),)
    assert (found.pair.percent, found.pair.query_keys) == (2500, ("q",))
    assert found.request_headers == (("Cookie", "a=1"),)


def test_of_a_requests_body_only_the_shape_is_kept() -> None:
    words = {"request_headers": "Content-Type: application/json\r\n"}
    found = read_pair(frame(PAIR, META | words | {"request_length": 12}, b'aabbb{"q":"tent"}'))
    assert found.pair.body_shape == "{q: text}"
    assert (found.pair.control.body, found.pair.candidate.body) == (b"aa", b"bbb")
    large = read_pair(frame(PAIR, META | words | {"request_length": None}, b"aabbb"))
    assert large.pair.body_shape == "a large body"


def test_without_its_headers_nothing_can_be_asked_again() -> None:
    for signed_in in (False, True):
        found = read_pair(frame(PAIR, META | {"signed_in": signed_in}, b"aabbb"))
        assert found.request_headers is None
        assert not can_ask(found)


def test_a_body_too_large_to_be_described_is_not_left_out_of_a_second_question() -> None:
    words = {"request_headers": "Content-Length: 3\r\n"}
    whole = read_pair(frame(PAIR, META | words | {"request_length": 3}, b"aabbbccc"))
    assert (whole.body, can_ask(whole)) == (b"ccc", True)
    large = read_pair(frame(PAIR, META | words | {"request_length": None}, b"aabbb"))
    assert (large.body, can_ask(large)) == (None, False)


@pytest.mark.parametrize(
    ("lines", "origin"),
    [
        ("Host: shop.example\r\n", "http://shop.example"),
        ("Host: h:8080\r\nX-Forwarded-Proto: https\r\n", "https://h:8080"),
        ("Host: inner\r\nX-Forwarded-Host: shop.example, inner\r\n", "http://shop.example"),
        ("Accept: */*\r\n", ""),
    ],
)
def test_the_clients_origin_as_sent_to_both_sides(lines: str, origin: str) -> None:
    found = read_pair(frame(PAIR, META | {"request_headers": lines}, b"aabbb"))
    assert found.pair.origin == origin


def test_a_failed_side_has_no_status() -> None:
    failed = {"status": None, "headers": None, "length": 0, "ms": None, "error": "connect"}
    found = read_pair(frame(PAIR, META | {"sides": {"legacy": SIDE, "new": failed}}, b"aa"))
    assert (found.pair.candidate.error, found.pair.candidate.status) == ("connect", 0)


@pytest.mark.parametrize(
    "change",
    [
        {"sides": {}},
        {"method": None},
        {"route": 5},
        {"started": "now"},
        {"request_headers": [["Cookie", "a=1"]]},
        {"sides": {"legacy": SIDE, "new": SIDE}},  # lengths that do not fit
        {"sides": []},
        {"sides": {"legacy": [], "new": []}},
        {"request_headers": 5},
        {"request_length": 10**400},
        {"percent": "many"},
    ],
)
def test_nonsense_is_survived(intake: Intake, pipeline: Pipeline, change: dict[str, Any]) -> None:
    worker = intake.frame(None, frame(HELLO, {"worker": 0, "pid": 1, "started": 1.0}))
    assert intake.frame(worker, frame(PAIR, META | change, b"aabbb")) is worker
    assert (intake.nonsense, pipeline.accepted) == (1, [])
    shed = {name: dict(one.asked.shed) for name, one in intake._ledger.routes.items()}
    assert shed == ({"r": {"unreadable": 1}} if change.get("route") != 5 else {})
    intake.frame(worker, frame(PAIR, META, b"aabbb"))
    assert len(pipeline.accepted) == 1


def test_who_does_not_say_hello_is_not_heard(intake: Intake, pipeline: Pipeline) -> None:
    assert intake.frame(None, frame(PAIR, META, b"aabbb")) is None
    assert pipeline.accepted == []


def test_counters_reach_the_ledger(intake: Intake, counters: Callable[..., Any]) -> None:
    worker = intake.frame(None, frame(HELLO, {"worker": 0, "pid": 1, "started": 1.0}))
    intake.frame(worker, frame(COUNTERS, counters(3, {"dispatched": 2})))
    assert intake._ledger.routes["r"].asked.dispatched == 2
    intake.lost(worker)
    assert intake._fleet.living() == []


def test_requests_that_failed_are_kept(pipeline: Pipeline) -> None:
    failures = Failures()
    intake = Intake(Fleet(), Ledger(), pipeline, failures, lambda: 1.0)  # type: ignore[arg-type]
    worker = intake.frame(None, frame(HELLO, {"worker": 0, "pid": 1, "started": 1.0}))
    one = {
        "at": 1.0,
        "request_id": "a",
        "status": 502,
        "method": "GET",
        "target": "/x",
        "route": "r",
        "side": "new",
        "upstream": "fresh",
        "phase": "connect",
        "why": "refused the connection.",
    }
    intake.frame(worker, frame(FAILED, {"requests": [one], "more": 0}))
    assert [found.model_dump() for found in failures.find("a")] == [one]
    intake.frame(worker, frame(FAILED, {"requests": [{}], "more": 0}))
    assert intake.nonsense == 1
