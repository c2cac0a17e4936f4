"""Objects with nothing in common: one difference, and what is inside is compared all the same."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from facade.compare.verdict import Verdict
from facade.routes.config.routefile import Expected

PRODUCT = {"sku": "A", "price": "1.00", "tags": ["x"], "stock": 3}
TENTH = {**PRODUCT, "price": "10.00"}
Judge = Callable[..., Verdict]
Build = Callable[..., Any]


def kinds(verdict: Verdict) -> list[str]:
    return [f"{found.kind} {found.path} {found.relation}".strip() for found in verdict.differences]


@pytest.mark.parametrize(
    ("control", "candidate", "expected"),
    [
        (PRODUCT, {"data": PRODUCT}, ["type $ wrapped in data"]),
        (PRODUCT, {"data": PRODUCT, "meta": {"took": 3}}, ["type $ wrapped in data"]),
        ({"data": PRODUCT}, PRODUCT, ["type $ unwrapped from data"]),
        (PRODUCT, {"data": TENTH}, ["type $ wrapped in data", "value $.price factor 10"]),
        ({"p": PRODUCT}, {"p": {"item": PRODUCT}}, ["type $.p wrapped in item"]),
        ([PRODUCT], [{"item": PRODUCT}], ["type $[*] wrapped in item"]),
        (PRODUCT, {"error": "not now"}, ["type $ other members"]),
        (PRODUCT, {}, ["type $ all members lost"]),
        ({}, PRODUCT, ["type $ members for an empty object"]),
        ({"a": 1}, {"b": 1}, ["missing $.a", "extra $.b"]),
        ({}, {"b": 1}, ["extra $.b"]),
        ({"a": 1, "b": 2, "c": 3}, {"c": 3, "d": 4},
         ["missing $.a", "missing $.b", "extra $.d"]),
    ],
)  # fmt: skip
def test_which_shapes_are_reported(
    judge: Judge, answer: Build, control: Any, candidate: Any, expected: list[str]
) -> None:
    assert kinds(judge(answer(control), answer(candidate))) == expected


def test_a_rule_about_a_member_is_heard_first(judge: Judge, answer: Build) -> None:
    one, other = answer({"a": 1, "b": 2}), answer({"c": 3})
    assert kinds(judge(one, other, ignore=("$.b",))) == ["missing $.a", "extra $.c"]
    known = Expected("$.c", "why", "me", date(2027, 1, 1))
    assert kinds(judge(one, other, expect=(known,))) == ["missing $.a", "missing $.b"]


def test_secrets_in_what_was_wrapped_are_masked(judge: Judge, answer: Build) -> None:
    one = {"user": "eve", "password": "hunter2"}
    verdict = judge(answer(one), answer({"data": one}))
    shown = json.dumps([verdict.differences[0].control, verdict.differences[0].candidate])
    assert "hunter2" not in shown
