"""Entries under `limits`: what is read, and what is refused with its place."""

import pytest

from facade.routes.config.limitfile import KeySource, LimitConfig, Rate
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import load
from facade.routes.file.schema import schema

FILE = "upstreams: {legacy: {url: http://h}}\nlimits: {one: {%s}}\n"


def test_all_of_it() -> None:
    text = FILE % "rate: 10 / m, burst: 20, key: [session, 'header:X-Key', client], mode: enforce"
    assert load(text.encode()).file.limits["one"] == LimitConfig(
        Rate(10, 60),
        "one",
        20,
        (KeySource("session"), KeySource("header", "X-Key"), KeySource("client")),
        "enforce",
    )


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("burst: 1", "'rate' is missing"),
        (
            "rate: 10",
            "expected a rate such as 5/s, 10/m, 200/h or 1000/d, not '10'",
        ),
        ("rate: 0/m", "not '0/m'"),
        ("rate: 10/w", "not '10/w'"),
        ("rate: 1/s, burst: 0", "limits.one.burst: expected a whole number 1 to 1000000, not '0'"),
        ("rate: 1/s, mode: off", "unknown mode 'off' (expected one of shadow, enforce)"),
        ("rate: 1/s, key: []", "expected a list with at least one entry"),
        ("rate: 1/s, key: ['path:id']", "unknown key 'path:id'"),
        ("rate: 1/s, key: ['client:x']", "unknown key 'client:x'"),
        ("rate: 1/s, key: ['header:']", "unknown key 'header:'"),
        ("rate: 1/s, key: [person]", "'facade.identity' is missing"),
    ],
)
def test_what_is_refused(inside: str, said: str) -> None:
    with pytest.raises(RouteFileError) as refused:
        load((FILE % inside).encode())
    assert said in str(refused.value)


def test_its_schema() -> None:
    found = schema()["properties"]["limits"]["additionalProperties"]["properties"]
    assert set(found) == {"rate", "burst", "key", "mode"}
    assert found["mode"]["default"] == "shadow"
