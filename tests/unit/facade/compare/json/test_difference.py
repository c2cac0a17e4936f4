"""JSON by meaning: each kind of difference at its path, and nothing where there is none."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facade.compare.answers import Answer
from facade.compare.collector import Collector
from facade.compare.json.difference import diff
from facade.compare.json.values import same
from facade.compare.rules import compile_rules
from facade.compare.verdict import Outcome, Verdict
from facade.routes.config.routefile import ArrayRule, Tolerance

Lines = Callable[..., list[str]]
Judge = Callable[..., Verdict]
Build = Callable[..., Answer]


@pytest.mark.parametrize(
    ("control", "candidate", "expected"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, []),
        ({"a": 1}, {"a": 2}, ["value $.a"]),
        ({"a": "5"}, {"a": 5}, ["type $.a"]),
        ({"a": True}, {"a": 1}, ["type $.a"]),
        ({"a": 1}, {"a": 1.0}, ["type $.a"]),
        ({"a": None}, {"a": ""}, ["type $.a"]),
        ({"a": 1}, {}, ["missing $.a"]),
        ({}, {"a": None}, ["extra $.a"]),
        ({"a": {"b": {"c": 1}}}, {"a": {"b": {"c": 2}}}, ["value $.a.b.c"]),
        (
            {"odd name": 1, "x.y": 1},
            {"odd name": 2, "x.y": 2},
            ["value $['odd name']", "value $['x.y']"],
        ),
        ([1], {"a": 1}, ["type $"]),
        ({"a": []}, {"a": [1]}, ["extra $.a[*]"]),
    ],
)
def test_members(differences: Lines, control: Any, candidate: Any, expected: list[str]) -> None:
    assert differences(control, candidate) == expected


@pytest.mark.parametrize(
    ("control", "candidate", "expected"),
    [
        ("abc", "aXc", ["value $.a[*]"]),
        ("abc", "abcd", ["extra $.a[*]"]),
        ("abcd", "bcd", ["missing $.a[*]"]),
        ("abc", "cab", ["order $.a"]),
        ("abcde", "edcba", ["order $.a"]),
        ("abc", "cabX", ["extra $.a[*]", "order $.a"]),
        ("aab", "aba", ["order $.a"]),
        ("aab", "ab", ["missing $.a[*]"]),
    ],
)
def test_sequences(differences: Lines, control: str, candidate: str, expected: list[str]) -> None:
    assert differences({"a": list(control)}, {"a": list(candidate)}) == expected


def test_unordered_arrays_forgive_order_only(differences: Lines) -> None:
    rules = {"arrays": (ArrayRule("$.a", unordered=True),)}
    assert differences({"a": [1, 2, 2]}, {"a": [2, 1, 2]}, **rules) == []
    assert differences({"a": [1, 2, 2]}, {"a": [2, 1, 1]}, **rules) == [
        "missing $.a[*]",
        "extra $.a[*]",
    ]
    one, other = [{"n": 1, "v": 1}, {"n": 2, "v": 2}], [{"n": 2, "v": 2}, {"n": 1, "v": 9}]
    assert differences({"a": one}, {"a": other}, **rules) == ["value $.a[*].v"]


PRODUCTS = [
    {"sku": "A", "price": "1.00"},
    {"sku": "B", "price": "2.00"},
    {"sku": "C", "price": "3.00"},
]


@pytest.mark.parametrize("rules", [{}, {"arrays": (ArrayRule("$.p", key="sku"),)}])
def test_objects_are_aligned_by_key(judge: Judge, answer: Build, rules: dict[str, Any]) -> None:
    changed = [PRODUCTS[0], {"sku": "C", "price": "3.01"}, {"sku": "D", "price": "9.00"}]
    verdict = judge(answer({"p": PRODUCTS}), answer({"p": changed}), **rules)
    assert [(found.kind, found.path, found.spot) for found in verdict.differences] == [
        ("value", "$.p[*].price", "$.p[sku=C].price"),
        ("missing", "$.p[*]", "$.p[sku=B]"),
        ("extra", "$.p[*]", "$.p[sku=D]"),
    ]


def test_order_of_keyed_objects_is_one_difference_with_both_orders(
    judge: Judge, answer: Build
) -> None:
    moved = [PRODUCTS[2], PRODUCTS[0], PRODUCTS[1]]
    (found,) = judge(answer({"p": PRODUCTS}), answer({"p": moved})).differences
    assert (found.kind, found.path) == ("order", "$.p")
    assert (found.control, found.candidate) == (["A", "B", "C"], ["C", "A", "B"])


def test_a_key_and_no_order_go_together(differences: Lines) -> None:
    rules = {"arrays": (ArrayRule("$.p", key="sku", unordered=True),)}
    changed = [{**PRODUCTS[2], "new": 1}, PRODUCTS[0], PRODUCTS[1]]
    assert differences({"p": PRODUCTS}, {"p": changed}, **rules) == ["extra $.p[*].new"]


@pytest.mark.parametrize(
    ("rule", "control", "candidate", "equal"),
    [
        (Tolerance("$.a", decimal=0.01), "10.00", "10.01", True),
        (Tolerance("$.a", decimal=0.01), "10.00", "10.02", False),
        (Tolerance("$.a", decimal=0.1), 0.3, 0.2, True),  # exact: in floats 0.3 - 0.2 < 0.1 by luck
        (Tolerance("$.a", decimal=0.1), 0.8, 0.9, True),  # and 0.9 - 0.8 > 0.1
        (Tolerance("$.a", decimal=0.0), 1, 1.0, True),
        (Tolerance("$.a", decimal=1.0), "10", 10, False),
        (Tolerance("$.a", seconds=2.0), "2026-01-01 10:00:00", "2026-01-01 10:00:02", True),
        (Tolerance("$.a", seconds=2.0), "2026-01-01 10:00:00", "2026-01-01 10:00:03", False),
        (Tolerance("$.a", seconds=2.0), "2026-01-01 10:00:00", "2026-01-01T10:00:00Z", False),
        (Tolerance("$.a", seconds=2.0), 1700000000, 1700000001.5, True),
        (Tolerance("$.a", shape=True), "2026-01-01 10:00:00", "2031-12-24 09:30:00", True),
        (Tolerance("$.a", shape=True), "2026-01-01 10:00:00", None, False),
        (Tolerance("$.a", shape=True), {"x": 1}, {"x": "1"}, False),
        (Tolerance("$.a", strip=" ~[0-9]{2}$"), "PO 17 ~42", "PO 17", True),
        (Tolerance("$.a", strip=" ~[0-9]{2}$"), "PO 17 ~42", "PO 18", False),
        (Tolerance("$.a", strip=" ~[0-9]{2}$"), "PO 17 ~4", "PO 17", False),
        (Tolerance("$.a", strip="~[0-9]{2}$"), "~42", None, True),
        (Tolerance("$.a", strip="~[0-9]{2}$"), "", None, False),
        (Tolerance("$.a", strip="~[0-9]{2}$"), "~42", 0, False),
        (Tolerance("$.*", decimal=1.0), 1, 2, True),
        (Tolerance("$..a", decimal=1.0), 1, 2, True),
        (Tolerance("$..b", decimal=1.0), 1, 2, False),
    ],
)
def test_tolerance(
    differences: Lines, rule: Tolerance, control: Any, candidate: Any, equal: bool
) -> None:
    assert (differences({"a": control}, {"a": candidate}, tolerate=(rule,)) == []) is equal


def test_tolerance_reaches_into_elements(differences: Lines) -> None:
    rules = {"tolerate": (Tolerance("$.p[*].price", decimal=0.005),)}
    near = [PRODUCTS[0] | {"price": "1.004"}, *PRODUCTS[1:]]
    far = [PRODUCTS[0] | {"price": "1.006"}, *PRODUCTS[1:]]
    assert differences({"p": PRODUCTS}, {"p": near}, **rules) == []
    assert differences({"p": PRODUCTS}, {"p": far}, **rules) == ["value $.p[*].price"]


def test_ignored_paths(differences: Lines) -> None:
    assert (
        differences({"a": 1, "b": {"c": 1}}, {"b": {"c": 2, "d": 3}}, ignore=("$.a", "$.b")) == []
    )
    assert differences({"b": {"c": 1, "d": 1}}, {"b": {"c": 2}}, ignore=("$.b.c",)) == [
        "missing $.b.d"
    ]


@pytest.mark.parametrize(
    ("control", "candidate", "expected"),
    [
        (b'{"a": NaN}', b'{"a": NaN}  ', []),
        (b'{"a": NaN}', b'{"a": null}', ["type $.a"]),
        (b'{"a": NaN}', b'{"a": "NaN"}', ["type $.a"]),
        (b'{"a": 12345678901234567890123}', b'{"a": 12345678901234567890124}', ["value $.a"]),
        (b'{"a": 0.1000000000000000055511151231257827}', b'{"a": 0.1}', ["value $.a"]),
        (b'{"a": 1.50}', b'{"a": 1.5}', []),
        (b'{"a": 1e2}', b'{"a": 100.0}', []),
        (b'{"a": 1, "a": 2}', b'{"a": 1}', ["missing $.a#2"]),
        (b'{"a": 1e999999999999999999999}', b'{"a": 1e999999999999999999998}', ["type $.a"]),
    ],
)
def test_numbers_and_repeated_keys(
    judge: Judge, answer: Build, control: bytes, candidate: bytes, expected: list[str]
) -> None:
    verdict = judge(answer(control), answer(candidate))
    found = [f"{one.kind} {one.path}" for one in verdict.differences]
    assert found == expected


def test_deep_documents_are_skipped_not_half_compared(judge: Judge, answer: Build) -> None:
    for depth in (200, 100_000):
        deep, other = (b"[" * depth + inner + b"]" * depth for inner in (b"1", b"2"))
        verdict = judge(answer(deep), answer(other))
        assert (verdict.outcome, verdict.cause) == (Outcome.SKIPPED, "nested too deeply")


def test_long_arrays_are_compared_in_bounded_work(differences: Lines) -> None:
    long = [f"item {number}" for number in range(5_000)]
    assert differences(long, [*long[:2_000], "x", *long[2_001:]]) == ["value $[*]"]
    assert differences(long, [*reversed(long), "more"]) == ["length $"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON, JSON)
def test_differences_are_found_exactly_when_there_are_some(one: Any, other: Any) -> None:
    into = Collector(compile_rules(), date(2026, 1, 1))
    diff(one, other, into)
    assert bool(into.found) is not same(one, other)
    back = Collector(compile_rules(), date(2026, 1, 1))
    diff(other, one, back)
    assert bool(back.found) is bool(into.found)
