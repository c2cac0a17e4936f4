"""The journeys with a browser, against pages from a dict."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest

from loadtests.journeys import web
from loadtests.visitor import Ask, VisitEnds

CSRF = '<input type="hidden" name="csrf" value="t0k">'
NUMBER = "SO-2026-000009"


@pytest.fixture
def pages_of_a_shop(fake_shop: Any, bodies: Any) -> Any:
    """A shop with two products, a cart and a checkout."""

    def form(action: str, fields: str = "") -> str:
        return f'<form method="post" action="{action}">{CSRF}{fields}</form>'

    def product(sku: str) -> str:
        return f"<h1>Zelt {sku}</h1>" + form("/cart/add", f'<input name="sku" value="{sku}-0">')

    def sent(ask: Ask, path: str, text: str) -> Any:
        fields = parse_qs(ask.body.decode())
        assert fields["csrf"] == ["t0k"]
        fake_shop.sent.append((ask.path, {name: value[0] for name, value in fields.items()}))
        return bodies.html(text.format(**{name: value[0] for name, value in fields.items()}), path)

    links = '<a href="/product/AA-1">Zelt AA-1</a>'
    fake_shop.sent = []
    fake_shop.answers = {
        "GET /": links,
        **{f"GET /search?q=zelt{'&' * bool(sort)}{sort}": links for sort in web.SORTS},
        **{f"GET /category/TENT{'?' * bool(sort)}{sort}": links for sort in web.SORTS},
        "GET /product/AA-1": product("AA-1"),
        "GET /product/BB-2": product("BB-2"),
        "GET /login": form("/login", '<input name="email"><input name="password">'),
        "POST /login": lambda ask: sent(ask, "/", "Good to see you again."),
        "POST /cart/add": lambda ask: sent(ask, "/cart", "{sku}"),
        "GET /checkout": form("/checkout", '<input name="pay_method" value="">'),
        "POST /checkout": lambda ask: sent(
            ask, f"/orders/{NUMBER}", NUMBER + " AA-1-0 BB-2-0 {pay_method}"
        ),
        "GET /orders": f"<a href='/orders/{NUMBER}'>{NUMBER}</a>",
    }
    return fake_shop


class Mistyped(dict[str, Any]):
    """Answers for what is there, and one for every number that is not."""

    otherwise: Any = None

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key, self.otherwise if "/XX-" in key else default)


@pytest.fixture
def with_mistypes(pages_of_a_shop: Any, bodies: Any) -> Any:
    """The same shop; a number that it does not have is 404 with a page."""
    found = Mistyped(pages_of_a_shop.answers)
    found.otherwise = lambda ask: bodies.html("Nothing here", ask.path, 404)
    pages_of_a_shop.answers = found
    return pages_of_a_shop


def test_wander(with_mistypes: Any, make_person: Any) -> None:
    for seed in range(100):
        web.wander(make_person(seed))
    assert with_mistypes.failures == []
    asked = set(with_mistypes.paths())
    lists = {path for path in asked if "/search" in path or "/category/TENT" in path}
    assert len(lists) == 2 * len({*web.SORTS}), "each list, sorted in each way"
    assert "GET /product/AA-1" in asked and any("/product/XX-" in path for path in asked)


def test_a_mistyped_number_that_is_found_is_a_failure(
    with_mistypes: Any, make_person: Any, bodies: Any
) -> None:
    with_mistypes.answers.otherwise = bodies.html("Nothing here")
    with pytest.raises(VisitEnds):
        web.lost(make_person())
    assert "status 200 instead of 404" in with_mistypes.failures[0]


def test_the_whole_way_to_an_order(pages_of_a_shop: Any, make_person: Any) -> None:
    person = make_person()
    web.buy(person)
    assert pages_of_a_shop.failures == []
    assert pages_of_a_shop.paths()[-1] == "GET /orders"
    sent = dict(pages_of_a_shop.sent)
    assert sent["/login"]["email"] == person.email
    assert sent["/cart/add"]["qty"] == "1"
    assert sent["/checkout"]["pay_method"] == "invoice"


def test_a_product_page_of_another_product_is_a_failure(
    pages_of_a_shop: Any, make_person: Any
) -> None:
    pages_of_a_shop.answers["GET /product/AA-1"] = "<h1>Kocher BB-2</h1>"
    with pytest.raises(VisitEnds):
        web.wander(make_person())
    assert pages_of_a_shop.failures == ["/product/AA-1 does not say 'Zelt AA-1'"]


def test_a_wrong_password_leads_back_to_the_login(
    pages_of_a_shop: Any, make_person: Any, bodies: Any
) -> None:
    pages_of_a_shop.answers["POST /login"] = bodies.html("do not go together", "/login")
    with pytest.raises(VisitEnds):
        web.buy(make_person())
    assert pages_of_a_shop.failures[0].startswith("the form led to /login instead of /")


def test_sold_out_means_no_order(pages_of_a_shop: Any, make_person: Any) -> None:
    for sku in ("AA-1", "BB-2"):
        pages_of_a_shop.answers[f"GET /product/{sku}"] = f"<h1>Zelt {sku}</h1>Sold out"
    web.buy(make_person())
    assert pages_of_a_shop.failures == []
    assert "GET /checkout" not in pages_of_a_shop.paths()
