"""Pages are read as a browser would; half a page, or one that says something else, is wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from loadtests import pages
from loadtests.answer import Wrong


def test_words_are_found_across_tags_umlauts_and_entities(bodies: Any) -> None:
    answer = bodies.html("<h1>Zelt\n  <b>Höhe</b> &amp; Tal 🏔</h1>")
    pages.saying(answer, "Zelt Höhe & Tal 🏔")
    with pytest.raises(Wrong, match="/ does not say 'Zelt Tief'"):
        pages.saying(answer, "Zelt Tief")


def test_half_a_page_is_wrong(bodies: Any) -> None:
    answer = bodies.html("<p>Zelt</p>")
    with pytest.raises(Wrong, match="ends in the middle"):
        pages.page(replace(answer, body=answer.body[:-12]))


def test_json_is_no_page(bodies: Any) -> None:
    answer = replace(bodies.html(""), headers={"content-type": "application/json"})
    with pytest.raises(Wrong, match="instead of text/html"):
        pages.page(answer)


def test_form_fields_as_the_shop_filled_them_in(bodies: Any) -> None:
    page = pages.page(
        bodies.html(
            '<form action="/search"><input name="q"></form>'
            '<form action="/cart/add" method="post"><input type="hidden" name="csrf" value="t">'
            '<select name="sku"><option value="A-0">S<option value="A-1" selected>M</select></form>'
        )
    )
    assert page.form("/cart/add") == {"csrf": "t", "sku": "A-1"}
    assert page.actions() == ("/search", "/cart/add")
    with pytest.raises(Wrong, match="no form to /checkout"):
        page.form("/checkout")


def test_a_form_without_an_action_is_sent_to_its_own_page(bodies: Any) -> None:
    page = pages.page(bodies.html('<form method="post"><input name="a" value="1"></form>', "/x"))
    assert page.form("/x") == {"a": "1"}


def test_products_on_a_page(bodies: Any) -> None:
    links = '<a href="/product/A-1">a</a><a href="/product/A-1?from=home">b</a><a>c</a>'
    assert pages.listed(bodies.html(links)) == ("A-1",)
    with pytest.raises(Wrong, match="no product on the page"):
        pages.listed(bodies.html("<a href='/login'>log in</a>"))


def test_an_order_s_number_is_where_the_checkout_leads(bodies: Any) -> None:
    arrived = bodies.html("Thank you: SO-2026-000001, A-0 × 1", "/orders/SO-2026-000001?new=Y")
    assert pages.ordered(arrived, {"A-0": 1}) == "SO-2026-000001"
    with pytest.raises(Wrong, match="does not say 'B-0'"):
        pages.ordered(arrived, {"B-0": 1})
    with pytest.raises(Wrong, match="checkout led to /checkout"):
        pages.ordered(bodies.html("Please choose how to pay", "/checkout"), {"A-0": 1})


def test_somebody_was_faster_is_an_honest_answer(bodies: Any) -> None:
    answer = bodies.html("Somebody was faster: of A-0 we have only 0 left.", "/checkout", 409)
    assert pages.ordered(answer, {"A-0": 1}) is None
