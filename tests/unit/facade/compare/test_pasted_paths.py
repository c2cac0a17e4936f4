"""What a report prints as a path can be written into a rule, and is the same place there."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from facade.compare.answers import Pair
from facade.compare.rules import compile_rules
from facade.compare.verdict import Verdict, compare
from facade.routes.config.routefile import CompareRules
from facade.routes.file.reading import load
from tests.rigs.facade.messages.anything import pairs

TODAY = date(2026, 1, 1)
HEADERS = ("content-type", "location", "set-cookie", "cache-control")


def pasted(path: str) -> CompareRules:
    """The rules of a route file in which the path stands, as YAML has it."""
    text = "upstreams: {legacy: {url: http://h}}\n" + (
        f"compare_rules: {{p: {{ignore: [{json.dumps(path)}], headers: {json.dumps(HEADERS)}}}}}\n"
    )
    return load(text.encode(), "routes.yaml").file.compare_rules["p"]


def judged(pair: Pair, rules: CompareRules) -> Verdict:
    return compare(pair, compile_rules(rules), TODAY)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(pairs())
def test_any_path_of_any_pair(pair: Pair) -> None:
    plain = CompareRules("p", headers=HEADERS)
    for found in judged(pair, plain).differences[:5]:
        for path in (found.path, found.spot):
            left = [one.spot for one in judged(pair, pasted(path)).differences]
            assert found.spot not in left or len(left) >= 200, path


@pytest.mark.parametrize(
    ("one", "other", "path", "spot"),
    [
        ({"a": 1}, {"a": 2}, "$.a", "$.a"),
        ({"odd name": 1}, {"odd name": 2}, "$['odd name']", "$['odd name']"),
        ({"it's": 1}, {"it's": 2}, r"$['it\'s']", r"$['it\'s']"),
        ({"a]b": 1}, {"a]b": 2}, "$['a]b']", "$['a]b']"),
        ({"a\\b": 1}, {"a\\b": 2}, r"$['a\\b']", r"$['a\\b']"),
        ({"*": 1}, {"*": 2}, "$['*']", "$['*']"),
        ({"": 1}, {"": 2}, "$['']", "$['']"),
        ({"a\nb": 1}, {"a\nb": 2}, r"$['a\u000ab']", r"$['a\u000ab']"),
        ({"größe": 1}, {"größe": 2}, "$['größe']", "$['größe']"),
        ([1, 2], [1, 3], "$[*]", "$[1]"),
        (
            [{"sku": "B-1", "p": 1}, {"sku": "C", "p": 1}],
            [{"sku": "B-1", "p": 2}, {"sku": "C", "p": 1}],
            "$[*].p",
            "$[sku=B-1].p",
        ),
        (
            [{"id": "a]['x", "p": 1}],
            [{"id": "a]['x", "p": 2}],
            "$[*].p",
            r"$[id=a\]\['x].p",
        ),
    ],
)
def test_members_and_elements(
    judge: Callable[..., Verdict],
    pair: Any,
    answer: Any,
    one: Any,
    other: Any,
    path: str,
    spot: str,
) -> None:
    asked = pair(answer(one), answer(other))
    (found,) = judged(asked, CompareRules("p")).differences
    assert (found.path, found.spot) == (path, spot)
    for written in (path, spot):
        assert judged(asked, pasted(written)).differences == ()


def test_one_element_is_that_element_alone(pair: Any, answer: Any) -> None:
    asked = pair(answer([1, 2, 3]), answer([1, 5, 6]))
    left = judged(asked, pasted("$[1]")).differences
    assert [found.spot for found in left] == ["$[2]"]


@pytest.mark.parametrize(
    ("one", "other", "kind", "path"),
    [
        (b"a\nb", b"a\nc", "text/plain", "$text:2"),
        (
            b"<form action='/cart'><input name=qty value=1></form>",
            b"<form action='/cart'><input name=qty value=2></form>",
            "text/html",
            "$html/form[/cart]/input[qty]@value",
        ),
        (b"<p>a", b"<p>b", "text/html", "$html/text"),
        (b"\0\x01", b"\0\x02", "application/octet-stream", "$body"),
    ],
)
def test_elsewhere(pair: Any, answer: Any, one: bytes, other: bytes, kind: str, path: str) -> None:
    asked = pair(answer(one, kind=kind), answer(other, kind=kind))
    assert [found.spot for found in judged(asked, CompareRules("p")).differences] == [path]
    assert judged(asked, pasted(path)).differences == ()
