"""The shop's pages are the same on both sides: every kind of request, judged by meaning."""

import pytest

from tests.integration.storefront.conftest import ADMIN, CUSTOMER, Both

pytestmark = pytest.mark.integration

OK = [
    "/",
    "/?ok=hello",
    "/?ok=%3Cb%3E&ok=bye",
    "/?utm=1",
    "/search",
    "/search/",
    "/search?q=",
    "/search?q=jacket",
    "/search?q=JACKET+tent",
    "/search?q=%C3%BCber",
    "/search?q=M%C3%BCtze",
    "/search?q=%25",
    "/search?q=%3Cb%3E%26%22%27",
    "/search?q=nothing+like+it",
    "/search?q=a%00b",
    "/search?q=%FF",
    "/search?q=tent&q=boot",
    *(f"/search?sort={sort}" for sort in ("name", "price", "-price", "newest", "", "NAME", "x")),
    *(f"/search?page={page}" for page in ("0", "-1", "1", "2", "999", "abc", "2.0", "%202", "")),
    "/search?page=99999999999999999999999",
    f"/search?page={'9' * 5000}",
    "/search?page=%D9%A2",
    "/search?page=3&page=1",
    "/search?per_page=0",
    "/search?per_page=7&page=3",
    "/search?per_page=1000",
    "/search?category=TENTS",
    "/search?category=nope",
    "/search?category=TENTS%00",
    "/search?utm_source=x&utm%5Ba%5D=%C3%BC+%2F&sort=price&page=2",
    "/search?sort=price&ok=added&page=2&x=&=y&&z",
    "/search?q=tent&code=X&sku=Y",
    "/search?x=%FF&page=2",
    "/search?x=a/b:c@d?e,f;g!h$i'j(k)*l~m-n._o&page=2",
    "/category/TENTS",
    "/category/TENTS/",
    "/category/CAMPING",
    "/category/CAMPING?sort=-price&page=2&utm=1",
    "/category/CAMPING?code=X&category=JACKETS&page=2",
    "/category/EMPTY",
    "/category/%C3%9CBER%20%26%20%3C1%3E",
    "/category/%C3%9CBER%20%26%20%3C1%3E?page=1&sort=price",
    "/cart",
    "/cart/",
    "/cart?ok=updated",
    "/robots.txt",
    "/robots.txt/",
    "/static/shop.css",
    "/static/favicon.svg",
    "/img/tent-orange.svg",
    "/img/tent-orange.svg?x=1",
    "/img/jacket-teal.svg/",
]
NOT_FOUND = [
    "/category/nope",
    "/category/tents",
    "/category/",
    "/category",
    "/category/TENTS%2Fx",
    "/category/TENTS/x",
    "/category/NOPE%00",
    "/product/NOPE-1",
    "/product/",
    "/product/%C3%9F",
    "/product/a%2Fb",
    "/img/tent.svg",
    "/img/tent-pink.svg",
    "/img/nothing-blue.svg",
    "/img/tent-dark-blue.svg",
    "/img/-.svg",
    "/img/..%2Ftent-blue.svg",
    "/static/nothing.css",
    "/static/",
    "/static",
    "/static/..%2Fapp.py",
    "/cart/nothing",
    "/search//",
    "/Search",
]


@pytest.mark.parametrize("target", OK)
async def test_pages_are_the_same(both: Both, target: str) -> None:
    assert await both.same("GET", target) == 200


@pytest.mark.parametrize("target", NOT_FOUND)
async def test_so_is_what_is_not_there(both: Both, target: str) -> None:
    assert await both.same("GET", target) == 404


@pytest.mark.parametrize("target", ["/favicon.ico", "/favicon.ico?x=1"])
async def test_the_icon_is_elsewhere(both: Both, target: str) -> None:
    assert await both.same("GET", target) == 302


async def test_a_category_is_not_found_with_a_nul(both: Both) -> None:
    assert await both.same("GET", "/category/TENTS%00") == 400


PATHS = ["/", "/search", "/category/TENTS", "/category/nope", "/cart", "/cart/add", "/cart/update"]
PATHS += ["/robots.txt", "/favicon.ico", "/img/tent-blue.svg", "/static/shop.css", "/nothing"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "GET"])
async def test_methods(both: Both, method: str, path: str) -> None:
    assert await both.same(method, path) in (200, 302, 404, 405)


LEFT = "stock s JOIN variant v USING (sku) WHERE v.product_id = p.id"
ARTICLES = {
    "plain": "p.disc_pct = ''",
    "reduced": "p.disc_pct NOT IN ('', '0')",
    "reduced, as nobody writes it": "p.id = 8",
    "odd texts": "p.id = 7",
    "odd variants": "p.id = 9",
    "sold out": f"p.discontinued = 'N' AND (SELECT sum(qty) FROM {LEFT}) = 0",
    "discontinued and gone": f"p.discontinued = 'Y' AND (SELECT sum(qty) FROM {LEFT}) = 0",
    "few left of one": f"EXISTS (SELECT FROM {LEFT} AND s.qty BETWEEN 1 AND 3)",
    "none left of one": f"EXISTS (SELECT FROM {LEFT} AND s.qty = 0)"
    f" AND EXISTS (SELECT FROM {LEFT} AND s.qty > 3)",
    "a variant costs more": "EXISTS (SELECT FROM variant v WHERE v.product_id = p.id"
    " AND v.price_diff NOT IN ('0', '0.00', '-1.005'))",
    "a variant is not sold": "EXISTS (SELECT FROM variant v WHERE v.product_id = p.id"
    " AND v.active = 'N')",
    "nobody weighed it": "p.weight_g IS NULL",
}


@pytest.mark.parametrize("kind", ARTICLES)
async def test_articles_are_the_same(both: Both, kind: str) -> None:
    condition = f"p.active = 'Y' AND {ARTICLES[kind]}"
    sku = both.value(f"SELECT sku FROM product p WHERE {condition} ORDER BY id LIMIT 1")
    session = f"session={both.session(CUSTOMER)}"
    for target in (f"/product/{sku}", f"/product/{sku.lower()}/?ok=added", f"/product/{sku}%00"):
        assert await both.same("GET", target, Cookie=session) == 200
        assert await both.same("GET", target) == 200


async def test_an_article_that_is_not_sold_is_not_there(both: Both) -> None:
    sku = both.value("SELECT sku FROM product WHERE active = 'N' ORDER BY id LIMIT 1")
    assert await both.same("GET", f"/product/{sku}") == 404


async def test_many_articles_are_the_same(both: Both) -> None:
    skus = both.values("SELECT sku FROM product WHERE active = 'Y' AND mod(id, 40) = 1")
    assert len(skus) > 30
    for sku in skus:
        assert await both.same("GET", f"/product/{sku}") == 200


@pytest.mark.parametrize("email", [CUSTOMER, ADMIN])
@pytest.mark.parametrize("target", ["/", "/search?q=tent", "/cart", "/category/TENTS?ok=hello"])
async def test_customers_see_their_shell(both: Both, email: str, target: str) -> None:
    cookie = f"session={both.session(email)}; cart=A-1*2!B-1*3"
    assert await both.same("GET", target, Cookie=cookie) == 200


async def test_a_stranger_gets_a_session_with_the_first_form(both: Both) -> None:
    sku = both.value(
        "SELECT sku FROM product p WHERE active = 'Y' AND discontinued = 'N'"
        f" AND EXISTS (SELECT FROM {LEFT} AND s.qty > 0 AND v.active = 'Y') ORDER BY id LIMIT 1"
    )
    for answer in await both.ask("GET", f"/product/{sku}"):
        (given,) = answer.lines("set-cookie")
        value = given.partition(";")[0]
        assert value.startswith("session=") and given.endswith("; HttpOnly; Path=/; SameSite=Lax")
        # On either side it is the session from now on.
        assert await both.same("GET", f"/product/{sku}", Cookie=value) == 200
        again = await both.ask("GET", f"/product/{sku}", Cookie=value)
        assert not [line for each in again for line in each.lines("set-cookie")]


@pytest.mark.parametrize("value", ["x", "", "e30.x.y", '"x"', ".e30.a", "a=b"])
async def test_a_session_that_is_none_is_a_strangers(both: Both, value: str) -> None:
    assert await both.same("GET", "/search", Cookie=f"session={value}") == 200


# The monolith takes these names for arguments of its own function that writes addresses: it fails,
# or writes other addresses. Here they are parameters as all others.
@pytest.mark.parametrize(
    ("parameter", "legacy_says"),
    [("endpoint", 500), ("self", 200), ("_method", 500), ("_external", 200), ("_anchor", 200)],
)
async def test_names_of_parameters_that_break_the_monolith(
    both: Both, parameter: str, legacy_says: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(both.legacy.config, "PROPAGATE_EXCEPTIONS", False)
    theirs, ours = await both.ask("GET", f"/search?{parameter}=x&page=2")
    assert (theirs.status, ours.status) == (legacy_says, 200)
    assert f"{parameter}=x" in ours.body.decode()
