"""The back office is the same on both sides."""

import pytest

from tests.integration.storefront.conftest import ADMIN, CUSTOMER, Both

pytestmark = pytest.mark.integration

LIST = [
    *("", "?", "/", "?page=2", "?page=3&q=", "?page=0", "?page=-1", "?page=999", "?page=abc"),
    *("?page=" + "9" * 30, "?q=zelt", "?q=ZELT", "?q=%25", "?q=_", "?q=%5C", "?q=JKT", "?q=jkt-1"),
    *("?q=%C3%9C", "?q=%C3%BC&page=2", "?q=%00", "?q=+a+", "?q=%3Cb%3E&x=1", "?q=a&q=b", "?q=%FF"),
    *("?q=nothing+has+this", "?ok=saved", "?ok=x&utm=1", "?q=e&page=2&utm=1"),
]


@pytest.mark.parametrize("query", LIST)
async def test_the_list_of_articles_is_the_same(both: Both, query: str) -> None:
    assert await both.same("GET", f"/admin/products{query}", **both.person(ADMIN)) == 200


ARTICLES = {
    "any": "id = 1",
    "without a discount, with odd words": "id = 7",
    "a price and a discount as somebody typed them": "id = 8",
    "a price without cents": "id = 9",
    "inactive": "active = 'N'",
    "discontinued": "discontinued = 'Y'",
    "a variant is inactive": "id = (SELECT min(product_id) FROM variant WHERE active = 'N')",
    "never sold": "NOT EXISTS (SELECT FROM variant v JOIN stock_movement m ON m.sku = v.sku"
    " WHERE v.product_id = product.id AND m.reason = 'SALE')",
}


@pytest.mark.parametrize("kind", ARTICLES)
async def test_an_article_is_the_same(both: Both, kind: str) -> None:
    found = both.values(f"SELECT sku FROM product WHERE {ARTICLES[kind]} ORDER BY id LIMIT 1")
    if not found:
        pytest.skip(f"the seeded shop has no article that is {kind}")
    (sku,) = found
    person = both.person(ADMIN)
    for path in (sku, sku.lower(), f"{sku}/", f"{sku}?ok=saved&x=1", f"{sku}%00"):
        assert await both.same("GET", f"/admin/products/{path}", **person) == 200, path
    assert await both.same("HEAD", f"/admin/products/{sku}", **person) == 200


@pytest.mark.parametrize("path", ["NO", "%00", "%FF", "%3Cb%3E", "a%20b", "%C3%BC", "x" * 300])
async def test_there_is_no_such_article_on_either_side(both: Both, path: str) -> None:
    assert await both.same("GET", f"/admin/products/{path}", **both.person(ADMIN)) == 404


DAYS = [
    *("", "?from=2026-01-01&to=2026-01-31", "?from=2026-06-30", "?to=2025-02-03", "/?x=1"),
    *("?from=20260101&to=2026-W05-1", "?from=2026-01-01&from=2020-01-01&to=2026-03-01"),
    *("?from=nonsense&to=2026-02-30", "?from=2026-02-01&to=2026-01-01", "?ok=saved"),
    *("?from=1999-01-01&to=1999-12-31", "?from=%C3%BC&to=&ok=%3Cb%3E"),
]


@pytest.mark.parametrize("query", DAYS)
async def test_the_report_is_the_same(both: Both, query: str) -> None:
    assert await both.same("GET", f"/admin/report{query}", **both.person(ADMIN)) == 200


SHORT = [
    *("?from=2026-06-20", "?from=2026-06-30&to=2026-06-30", "?from=2026-02-01&to=2026-01-01"),
    *("?from=1999-01-01&to=1999-12-31", "?from=2025-01-01&to=2025-03-31", "/?from=2026-06-29"),
]


@pytest.mark.parametrize("query", SHORT)
async def test_the_spreadsheet_is_the_same_to_the_byte(both: Both, query: str) -> None:
    """Its mark, its semicolons, its line ends; more orders than are asked for at once."""
    theirs, ours = await both.ask("GET", f"/admin/report.csv{query}", **both.person(ADMIN))
    assert (theirs.status, ours.status) == (200, 200)
    assert ours.body == theirs.body
    for name in ("content-type", "content-disposition", "vary"):
        assert ours.header(name) == theirs.header(name), name


PAGES = ["/admin", "/admin/", "/admin/products", "/admin/products/X", "/admin/report"]
PAGES += ["/admin/report.csv?from=2026-06-30", "/admin/products?q=%C3%BC&page=2"]


@pytest.mark.parametrize("path", PAGES)
async def test_strangers_log_in_and_customers_are_refused(both: Both, path: str) -> None:
    for method in ("GET", "HEAD"):
        assert await both.same(method, path) == 302
        assert await both.same(method, path, Cookie="session=nonsense") == 302
        assert await both.same(method, path, **both.person(CUSTOMER)) == 403


@pytest.mark.parametrize("path", ["/admin", "/admin/"])
async def test_the_staff_come_to_the_articles(both: Both, path: str) -> None:
    assert await both.same("GET", path, **both.person(ADMIN)) == 302


METHODS = [("POST", "/admin/products"), ("PUT", "/admin/report"), ("DELETE", "/admin/report.csv")]


@pytest.mark.parametrize(("method", "path"), METHODS)
async def test_other_methods_are_refused_alike(both: Both, method: str, path: str) -> None:
    assert await both.same(method, path) == 405
    assert await both.same("OPTIONS", path) == 200
