"""Builders for pairs and counters."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from facade.compare.answers import Answer, Pair
from facade.control.judging.backlog import Waiting
from facade.proxy.counting.histogram import empty, slot

CLOSED = {"state": "closed", "for": None, "next_probe_in": None, "why": "", "cause": None}


def answer(body: Any) -> Answer:
    headers = (("content-type", "application/json"),)
    return Answer(200, headers, json.dumps(body).encode(), 2.0)


def pair(control: Any = 1, candidate: Any = 1, **more: Any) -> Pair:
    fields = {"route": "r", "method": "GET", "target": "/x", "started": 1.0} | more
    return Pair(**fields, control=answer(control), candidate=answer(candidate))


def counters(
    requests: int, shadow: dict[str, Any] | None = None, ms: float = 5.0
) -> dict[str, Any]:
    """What a worker tells after so many answers by legacy, all equally fast."""
    latency = empty()
    latency[slot(ms)] = requests
    route = {
        "requests": {"legacy": requests, "new": 0},
        "status": {"legacy": {"2xx": requests}},
        "failures": {},
        "latency": {"legacy": latency, "new": empty()},
        "shadow": shadow or {},
    }
    return {
        "version": "v1",
        "routes": {"r": route},
        "unmatched": {"GET /<id>": shape(requests, ms)},
        "client": {"connections": 3, "aborted": requests},
        "upstreams": {"legacy": {"connections": 2, "idle": 1, "breaker": {"read": {**CLOSED}}}},
    }


def shape(requests: int, ms: float) -> dict[str, Any]:
    """What a worker tells of a shape of paths that no route names."""
    return {
        "requests": {"legacy": requests},
        "status": {"legacy": {"2xx": requests}},
        "failures": {"legacy.connect": 1},
        "latency": {"legacy": {str(slot(ms)): requests}},
    }


@pytest.fixture(name="answer")
def _answer() -> Callable[..., Answer]:
    return answer


@pytest.fixture(name="pair")
def _pair() -> Callable[..., Pair]:
    return pair


@pytest.fixture
def waiting() -> Callable[..., Waiting]:
    return lambda *bodies, **more: Waiting(pair(*bodies, **more), ())


@pytest.fixture(name="counters")
def _counters() -> Callable[..., dict[str, Any]]:
    return counters
