"""Builders: a pair from two bodies, and its differences as short lines."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from facade.compare.answers import Answer, Pair
from facade.compare.rules import compile_rules
from facade.compare.verdict import Verdict, compare
from facade.routes.config.routefile import CompareRules

TODAY = date(2026, 6, 1)


def answer(
    body: Any = b"", status: int = 200, kind: str = "application/json", **headers: str
) -> Answer:
    """An answer; a body that is not bytes is written as JSON, `_` in a header's name is `-`."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(status, (("content-type", kind), *named), data, 1.0)


def pair(control: Answer, candidate: Answer, **more: Any) -> Pair:
    """A pair of a GET request."""
    return Pair(
        **{"route": "r", "method": "GET", "target": "/x"} | more,
        control=control,
        candidate=candidate,
    )


def judge(control: Answer, candidate: Answer, today: date = TODAY, **rules: Any) -> Verdict:
    """The verdict under rules given as in the route file's dataclass."""
    return compare(pair(control, candidate), compile_rules(CompareRules("t", **rules)), today)


def lines(control: Any, candidate: Any, **rules: Any) -> list[str]:
    """`kind path` of every difference between two JSON bodies."""
    verdict = judge(answer(control), answer(candidate), **rules)
    return [f"{found.kind} {found.path}" for found in verdict.differences]


@pytest.fixture
def differences() -> Callable[..., list[str]]:
    return lines


@pytest.fixture(name="answer")
def _answer() -> Callable[..., Answer]:
    return answer


@pytest.fixture(name="pair")
def _pair() -> Callable[..., Pair]:
    return pair


@pytest.fixture(name="judge")
def _judge() -> Callable[..., Verdict]:
    return judge
