"""Pages by what a browser shows: layout does not count, content does."""

from collections.abc import Callable

import pytest

from facade.compare.answers import Answer
from facade.compare.verdict import Verdict

Judge = Callable[..., Verdict]

PAGE = """<!doctype html><html><head><title>Shop</title><script>var now=1</script>
<style>p{{}}</style></head><body class="x"><!-- made at 12:00 --><div id="main">
<h1>Tent</h1><p>Light &amp; warm, <b>only</b> 129.00 €</p>
<form action="/cart" method="post"><input type="hidden" name="csrf_token" value="{token}">
<input name="qty" value="1"><select name="size"><option value="s">S</option>
<option value="m" selected>M</option></select><button>Buy</button></form>
<ul><li><a href="/a">A</a></li><li><a href="/b">B</a></li></ul></div></body></html>"""
BASE = PAGE.format(token="t0ken-1")


def page(text: str) -> Answer:
    return Answer(200, (("content-type", "text/html; charset=utf-8"),), text.encode())


def lines(verdict: Verdict) -> list[str]:
    return [f"{found.kind} {found.path}" for found in verdict.differences]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("now=1", "now=2"),
        ("made at 12:00", "made at 13:00"),
        ('class="x"', 'class="y" data-v="2"'),
        ('<div id="main">', '<section id="m"><div>'),
        ("<h1>Tent</h1>", "<h1>\n   Tent\t</h1>\n\n"),
        ("<b>only</b>", "<strong>only</strong>"),
        ("&amp;", "&#38;"),
        ("t0ken-1", "t0ken-2"),
        ("<button>", '<button type="submit">'),
        ("p{}", "p{color:red}"),
        ("<h1>", '<p style="display: none">hidden</p><h1>'),
    ],
)
def test_what_nobody_sees_does_not_count(judge: Judge, old: str, new: str) -> None:
    assert old in BASE
    assert lines(judge(page(BASE), page(BASE.replace(old, new)))) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("129.00", "129.01", ["value $html/text"]),
        ("<h1>Tent</h1>", "", ["missing $html/h1"]),
        ("<h1>Tent</h1>", "<h2>Tent</h2>", ["missing $html/h1", "extra $html/h2"]),
        ("<title>Shop", "<title>Store", ["value $html/title/text"]),
        ('value="1"', 'value="2"', ["value $html/form[/cart]/input[qty]@value"]),
        (
            'name="qty" ',
            'name="quantity" ',
            ["missing $html/form[/cart]/input[qty]", "extra $html/form[/cart]/input[quantity]"],
        ),
        ('method="post"', "", ["value $html/form[/cart]@method"]),
        (" selected", "", ["missing $html/form[/cart]/select[size]/option@selected"]),
        ('href="/b"', 'href="/c"', ["value $html/ul/li/a@href"]),
        ("<li><a", "<li>New</li><li><a", ["extra $html/ul/li", "extra $html/ul/li"]),
        (
            '<input type="hidden" name="csrf_token" value="t0ken-1">',
            "",
            ["missing $html/form[/cart]/input[csrf_token]"],
        ),
    ],
)
def test_what_is_seen_or_sent_counts(judge: Judge, old: str, new: str, expected: list[str]) -> None:
    assert lines(judge(page(BASE), page(BASE.replace(old, new)))) == expected


def test_order_counts_once(judge: Judge) -> None:
    swapped = BASE.replace(
        '<li><a href="/a">A</a></li><li><a href="/b">B</a></li>',
        '<li><a href="/b">B</a></li><li><a href="/a">A</a></li>',
    )
    assert lines(judge(page(BASE), page(swapped))) == ["order $html/ul/*"]


def test_values_of_secret_fields_are_not_kept(judge: Judge) -> None:
    without = BASE.replace('<input name="qty" value="1">', "").replace(
        'name="csrf_token"', 'name="csrf_token" disabled'
    )
    verdict = judge(page(BASE), page(without))
    assert verdict.differences
    assert "t0ken-1" not in repr(verdict)


def test_a_deeply_nested_page_is_skipped(judge: Judge) -> None:
    deep = "<ul><li>" * 3_000
    verdict = judge(page(deep + "a"), page(deep + "b"))
    assert verdict.outcome == "skipped"
