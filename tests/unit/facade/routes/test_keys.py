"""What a request is known by."""

import pytest

from facade.routes.keys import Headers, Key, compile_key, identify
from facade.routes.routefile import KeySource

HEADERS = [
    (b"host", b"shop"),
    (b"cookie", b"theme=dark; xsession=no; session=abc; session=second"),
    (b"x-tenant", b" t1 "),
    (b"cookie", b'id="17"'),
]


def key_of(*sources: KeySource, headers: Headers = HEADERS, client: str = "10.0.0.1") -> Key | None:
    compiled = tuple(compile_key(source, "/a/{x}/{y}", "session") for source in sources)
    return identify(compiled, headers, "/a/one/two", client)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (KeySource("session"), "abc"),
        (KeySource("cookie", "session"), "abc"),
        (KeySource("cookie", "id"), "17"),
        (KeySource("header", "X-Tenant"), "t1"),
        (KeySource("path", "x"), "one"),
        (KeySource("path", "y"), "two"),
        (KeySource("client"), "10.0.0.1"),
    ],
)
def test_each_source(source: KeySource, value: str) -> None:
    assert key_of(source) == Key(value, str(source))


@pytest.mark.parametrize("source", [KeySource("cookie", "none"), KeySource("header", "none")])
def test_a_source_the_request_does_not_have(source: KeySource) -> None:
    assert key_of(source) is None
    assert key_of(source, KeySource("client")) == Key("10.0.0.1", "client")


def test_the_first_source_found_wins() -> None:
    assert key_of(KeySource("header", "x-tenant"), KeySource("session")) == Key(
        "t1", "header:x-tenant"
    )


def test_an_empty_value_is_no_key() -> None:
    assert key_of(KeySource("session"), headers=[(b"cookie", b"session=; a=b")]) is None
    assert key_of(KeySource("client"), client="") is None


def test_bytes_that_are_no_text_still_make_a_key() -> None:
    assert key_of(KeySource("session"), headers=[(b"cookie", b"session=\xff\xfe")]) is not None
