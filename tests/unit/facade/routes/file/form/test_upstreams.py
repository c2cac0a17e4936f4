"""The keys of an upstream that lives at another address, and what is refused with its place."""

import pytest

from facade.routes.config.addressfile import Prefix, Replacement, Rewrite
from facade.routes.config.routefile import UpstreamConfig
from facade.routes.file.problems import RouteFileError
from facade.routes.file.reading import load


def read(options: str) -> UpstreamConfig:
    text = f'upstreams:\n  legacy:\n    url: "http://a:1"\n    {options}\n'
    return load(text.encode()).file.upstreams["legacy"]


@pytest.mark.parametrize(
    ("options", "prefix"),
    [
        ("prefix: {strip: /shop}", Prefix("/shop")),
        ("prefix: {add: /a/b.c-d}", Prefix("", "/a/b.c-d")),
        ("prefix: {strip: /~me, add: /v1}", Prefix("/~me", "/v1")),
    ],
)
def test_a_prefix(options: str, prefix: Prefix) -> None:
    assert read(options).prefix == prefix


@pytest.mark.parametrize(
    ("options", "rewrite"),
    [
        ("host: b", None),
        ("rewrite: true", Rewrite()),
        ("rewrite: false", Rewrite(allowed=False)),
        ("rewrite: {}", Rewrite()),
        ('rewrite: {own: ["HTTP://B.internal:81/"]}', Rewrite(own=("http://b.internal:81",))),
        (
            'rewrite: {redirects: {"http://B/x/": "https://C/", /: /a, /b: /}}',
            Rewrite(
                redirects=(
                    Replacement("https://c", "http://b/x"),
                    Replacement("/a", ""),
                    Replacement("", "/b"),
                )
            ),
        ),
        (
            "rewrite: {cookie_domains: {.B.internal: Shop.example}}",
            Rewrite(cookie_domains=(Replacement("shop.example", "b.internal"),)),
        ),
        ("rewrite: {cookie_paths: {/a: /}}", Rewrite(cookie_paths=(Replacement("", "/a"),))),
    ],
)
def test_a_rewriting(options: str, rewrite: Rewrite | None) -> None:
    assert read(options).rewrite == rewrite


@pytest.mark.parametrize(
    ("options", "column", "said"),
    [
        ("prefix: {}", 13, "expected strip, add or both"),
        ("prefix: /shop", 13, "expected a mapping with strip, add"),
        ("prefix: {strip: shop}", 21, "expected a path such as /shop"),
        ("prefix: {strip: /}", 21, "expected a path such as /shop"),
        ("prefix: {strip: /shop/}", 21, "expected a path such as /shop"),
        ("prefix: {strip: //shop}", 21, "expected a path such as /shop"),
        ("prefix: {strip: /a/../b}", 21, "expected a path such as /shop"),
        ("prefix: {add: /%61}", 19, "expected a path such as /shop"),
        ("prefix: {add: '/{id}'}", 19, "expected a path such as /shop"),
        ("prefix: {add: /a?b}", 19, "expected a path such as /shop"),
        ("rewrite: maybe", 14, "expected true or false"),
        ('rewrite: {own: ["shop.internal"]}', 21, "expected an address such as"),
        ('rewrite: {own: ["http://b/x"]}', 21, "expected an address without a path"),
        ('rewrite: {own: ["unix:/x"]}', 21, "expected an address such as"),
        ("rewrite: {redirects: {b: /a}}", 27, "expected an address such as"),
        ('rewrite: {redirects: {/b: "ftp://x"}}', 31, "expected an address such as"),
        ('rewrite: {redirects: {/b: ""}}', 31, "expected an address such as"),
        ('rewrite: {redirects: {"http://b:x": /}}', 27, "expected an address such as"),
        ("rewrite: {cookie_domains: {b/c: d}}", 32, "expected a domain such as"),
        ("rewrite: {cookie_domains: {b: ''}}", 35, "expected a domain such as"),
        ("rewrite: {cookie_paths: {b: /}}", 30, "expected a path such as /shop"),
        ("rewrite: {cookie_paths: {/: ''}}", 33, "expected a path such as /shop"),
        ("rewrite: {cookie: {/: /a}}", 15, "unknown key 'cookie'"),
    ],
)
def test_what_is_refused_with_its_place(options: str, column: int, said: str) -> None:
    with pytest.raises(RouteFileError) as error:
        read(options)
    (problem,) = error.value.problems
    assert said in problem.message
    assert (problem.line, problem.column) == (4, column)
