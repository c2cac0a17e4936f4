"""Routes as flags: the decision is the facade's own."""

from typing import Any

import pytest

from facade.routes.decision import Key, bucket_of, decide
from facade.routes.file.reading import load
from facade.routes.flags import Flag, NoFlag, evaluate, read_context
from facade.routes.table import RouteTable, compile_table

FILE = b"""
upstreams: {legacy: {url: http://h}, fresh: {url: http://n}}
routes:
  - {name: old, match: "GET /old/{id}", stage: legacy}
  - {name: seen, match: GET /seen, new: fresh, stage: shadow, compare: {sample: 1%},
     testers: {"query:fig": new, "header:X-User": [anna, "1"]}}
  - {name: split, match: "GET /split/{id}/{rest*}", new: fresh, stage: canary, percent: 30,
     key: [session], testers: {"cookie:t": "true"}}
  - {name: page, match: GET /page, compose: {a: GET /seen}}
  - {name: nobody, match: POST /nobody, new: fresh, stage: canary, percent: 0}
  - {name: moved, match: "* /moved", new: fresh, stage: new}
  - {name: book, match: GET /book, new: fresh, stage: legacy}
  - {name: book-shop, match: GET /book, new: fresh, stage: new, host: "*.shop.example"}
  - {name: book-beta, match: GET /book, new: fresh, stage: canary, percent: 30, seed: split,
     when: {"header:X-Beta": ["yes", "1"], "query:a b": "c&d"}}
"""


@pytest.fixture(scope="module")
def table() -> RouteTable:
    return compile_table(load(FILE).file)


def flag(table: RouteTable, name: str, **context: Any) -> Flag:
    return evaluate(table, name, read_context(context))


def code(table: RouteTable, name: str, **context: Any) -> tuple[str, str]:
    with pytest.raises(NoFlag) as refused:
        flag(table, name, **context)
    return refused.value.code, str(refused.value)


@pytest.mark.parametrize(
    ("name", "context", "value", "reason"),
    [
        ("old", {}, False, "STATIC"),
        ("seen", {}, False, "STATIC"),
        ("seen", {"query:fig": "new"}, True, "TARGETING_MATCH"),
        ("seen", {"header:x-user": "anna"}, True, "TARGETING_MATCH"),
        ("seen", {"header:X-USER": 1}, True, "TARGETING_MATCH"),
        ("seen", {"header:X-User": "ben", "other": {"a": 1}}, False, "STATIC"),
        ("split", {"cookie:t": True}, True, "TARGETING_MATCH"),
        ("nobody", {"targetingKey": "a"}, False, "STATIC"),
        ("moved", {}, True, "STATIC"),
        ("book", {}, False, "STATIC"),
        ("book", {"host": "www.shop.example:8080"}, False, "DEFAULT"),
        ("book-shop", {"host": "WWW.shop.example"}, True, "TARGETING_MATCH"),
        ("book-shop", {}, False, "DEFAULT"),
        ("book-beta", {"header:X-Beta": "yes"}, False, "DEFAULT"),
    ],
)
def test_which_side_and_why(
    table: RouteTable, name: str, context: dict[str, Any], value: bool, reason: str
) -> None:
    found = flag(table, name, **context)
    assert (found.value, found.reason, found.key) == (value, reason, name)
    assert found.variant == ("new" if value else "legacy")
    assert found.version == table.version


def test_ten_thousand_keys_are_decided_as_the_facade_decides_them(table: RouteTable) -> None:
    route = table.match("GET", "/split/7/x")
    on_new = 0
    for number in range(10_000):
        key = f"user-{number}"
        found = flag(table, "split", targetingKey=key)
        decided = decide(route, Key(key, "session"), new_available=True, draw=0.5)
        assert (found.variant, found.bucket, found.reason) == (
            decided.side,
            decided.bucket,
            "SPLIT",
        )
        on_new += found.value
    assert 2_800 < on_new < 3_200


def test_conditions_and_the_key_together(table: RouteTable) -> None:
    beta = {"header:X-Beta": 1, "query:a b": "c&d"}
    found = flag(table, "book-beta", targetingKey="k", **beta)
    assert (found.reason, found.bucket) == ("SPLIT", bucket_of("split", "k"))
    assert found.value == flag(table, "split", targetingKey="k").value, "they share a seed"
    assert flag(table, "moved", targetingKey="k").bucket == bucket_of("moved", "k")


def test_what_cannot_be_said(table: RouteTable) -> None:
    assert code(table, "gone") == ("FLAG_NOT_FOUND", "no route is named 'gone'")
    assert code(table, "(unmatched)")[0] == "FLAG_NOT_FOUND"
    assert code(table, "page")[0] == "FLAG_NOT_FOUND", "it has no sides"
    for context in ({}, {"targetingKey": ""}):
        found, why = code(table, "split", **context)
        assert found == "TARGETING_KEY_MISSING" and "targetingKey" in why
    assert code(table, "old", targetingKey=7)[0] == "INVALID_CONTEXT"
    assert code(table, "old", host=["a"]) == (
        "INVALID_CONTEXT",
        "host is neither a string, a number nor a boolean",
    )
    assert code(table, "old", **{"cookie:a": {}})[0] == "INVALID_CONTEXT"
