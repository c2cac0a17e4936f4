"""The product endpoints against the seeded shop, checked against the tables themselves."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

pytestmark = pytest.mark.integration
Rows = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def shop_url(reading_shop: str) -> str:
    """Nothing here changes the shop, so all tests look at the same one."""
    return reading_shop


def skus(client: FlaskClient, query: str) -> list[str]:
    answer = client.get(f"/api/products?{query}").get_json()
    return [entry["sku"] for entry in answer["products"]]


def everything(client: FlaskClient, query: str = "") -> list[dict[str, Any]]:
    """All pages of a list."""
    found: list[dict[str, Any]] = []
    for page in range(1, 100):
        answer = client.get(f"/api/products?per_page=100&page={page}&{query}").get_json()
        found += answer["products"]
        if page >= answer["pages"]:
            return found
    raise AssertionError("the list does not end")


class TestList:
    def test_shape(self, client: FlaskClient) -> None:
        answer = client.get("/api/products")
        assert answer.headers["Content-Type"] == "application/json"
        assert "Set-Cookie" not in answer.headers
        body = answer.get_json()
        assert list(body) == ["products", "page", "per_page", "total", "pages"]
        assert (body["page"], body["per_page"], len(body["products"])) == (1, 24, 24)
        assert body["pages"] == -(-body["total"] // 24)
        assert list(body["products"][0]) == [
            *("sku", "name", "price", "list_price", "discount_pct", "on_sale"),
            *("category", "colour", "stock_text", "img"),
        ]

    def test_lists_exactly_what_is_for_sale(self, client: FlaskClient, rows: Rows) -> None:
        expected = rows("""
            SELECT p.sku FROM product p
            LEFT JOIN variant v ON v.product_id = p.id AND v.active = 'Y'
            LEFT JOIN stock s ON s.sku = v.sku
            WHERE p.active = 'Y' GROUP BY p.id
            HAVING p.discontinued = 'N' OR coalesce(sum(s.qty), 0) > 0
            ORDER BY lower(p.name), p.sku
        """)
        assert [entry["sku"] for entry in everything(client)] == [sku for (sku,) in expected]

    def test_prices_follow_from_the_stored_strings(self, client: FlaskClient, rows: Rows) -> None:
        stored = {sku: rest for sku, *rest in rows("SELECT sku, price, disc_pct FROM product")}
        for entry in everything(client):
            price, disc = stored[entry["sku"]]
            factor = (100 - Decimal(disc or "0")) / 100
            expected = (Decimal(price) * factor).quantize(Decimal("0.01"), ROUND_HALF_UP)
            assert entry["price"] == str(expected)
            assert Decimal(entry["list_price"]) == Decimal(price)
            assert entry["discount_pct"] == (disc or "")
            assert entry["on_sale"] == ("Y" if disc else "N")

    @pytest.mark.parametrize("sort", ["price", "-price"])
    def test_sort_by_price_is_by_number(self, client: FlaskClient, sort: str) -> None:
        found = [(Decimal(e["price"]), e["sku"]) for e in everything(client, f"sort={sort}")]
        sign = -1 if sort == "-price" else 1
        assert found == sorted(found, key=lambda pair: (sign * pair[0], pair[1]))

    def test_sort_newest(self, client: FlaskClient, rows: Rows) -> None:
        created = dict(rows("SELECT sku, created FROM product"))
        found = [created[sku] for sku in skus(client, "sort=newest&per_page=100")]
        assert found == sorted(found, reverse=True)

    def test_search_finds_every_word_in_any_case_anywhere(
        self, client: FlaskClient, rows: Rows
    ) -> None:
        expected = rows("""
            SELECT sku FROM product WHERE active = 'Y' AND discontinued = 'N'
            AND lower(name || ' ' || descr || ' ' || tags) LIKE '%höhen%'
            AND lower(name || ' ' || descr || ' ' || tags) LIKE '%erino%'
        """)
        found = {entry["sku"] for entry in everything(client, "q=ERINO+H%C3%96HEN")}
        assert {sku for (sku,) in expected} <= found
        assert 0 < len(found) < 100

    @pytest.mark.parametrize("word", ["%25", "_", "%5C", "100%25", "x%00~"])
    def test_wildcards_are_ordinary_characters(self, client: FlaskClient, word: str) -> None:
        answer = client.get(f"/api/products?q={word}")
        assert answer.status_code == 200
        assert answer.get_json()["total"] == 0

    def test_category_includes_its_children(self, client: FlaskClient) -> None:
        found = {entry["category"] for entry in everything(client, "category=CAMPING")}
        assert found == {"CAMPING", "TENTS", "SLEEPING", "MATS", "KITCHEN"}
        assert {e["category"] for e in everything(client, "category=TENTS")} == {"TENTS"}

    @pytest.mark.parametrize("code", ["attic", "tents", "%25"])
    def test_unknown_category_is_a_200_that_carries_an_error(
        self, client: FlaskClient, code: str
    ) -> None:
        answer = client.get(f"/api/products?category={code}&page=3&per_page=7")
        assert answer.status_code == 200
        assert answer.get_data() == (
            b'{"error":"unknown category","products":[],"page":1,"per_page":24,"total":0,"pages":0}'
        )

    @pytest.mark.parametrize("page", ["x", "0", "-1", "", "1.5"])
    def test_senseless_page_is_the_first(self, client: FlaskClient, page: str) -> None:
        assert skus(client, f"page={page}") == skus(client, "page=1")

    @pytest.mark.parametrize("page", ["100", "99999999999999999999999999"])
    def test_page_beyond_the_end_is_empty(self, client: FlaskClient, page: str) -> None:
        body = client.get(f"/api/products?page={page}").get_json()
        assert (body["products"], body["page"]) == ([], int(page))
        assert body["total"] > 1500


class TestDetail:
    def test_shape(self, client: FlaskClient) -> None:
        answer = client.get("/api/products/JKT-10001")
        assert answer.headers["Content-Type"] == "application/json"
        body = answer.get_json()
        assert list(body) == [
            *("sku", "name", "description", "category", "price", "list_price", "discount_pct"),
            *("on_sale", "currency", "active", "discontinued", "colour", "tags", "variants"),
            *("stock", "stock_text", "img", "weight", "created", "updated"),
        ]
        assert list(body["variants"][0]) == ["sku", "color", "size", "price", "stock"]
        assert body["category"] == {"code": "JACKETS", "name": "Jackets"}
        assert body["stock"] == sum(variant["stock"] for variant in body["variants"])

    def test_sku_in_any_case(self, client: FlaskClient) -> None:
        upper = client.get("/api/products/JKT-10001").get_data()
        assert client.get("/api/products/jkt-10001").get_data() == upper
        assert "Süderoog".encode() in upper

    def test_variants_are_the_active_ones_by_sku(self, client: FlaskClient, rows: Rows) -> None:
        (sku,) = rows("""
            SELECT p.sku FROM product p JOIN variant v ON v.product_id = p.id
            WHERE p.active = 'Y' AND v.active = 'N' ORDER BY p.sku LIMIT 1
        """)[0]
        expected = rows(
            """
            SELECT v.sku, s.qty FROM variant v JOIN stock s ON s.sku = v.sku
            JOIN product p ON p.id = v.product_id
            WHERE p.sku = %s AND v.active = 'Y' ORDER BY v.sku
            """,
            sku,
        )
        body = client.get(f"/api/products/{sku}").get_json()
        assert [(v["sku"], v["stock"]) for v in body["variants"]] == expected

    @pytest.mark.parametrize("sku", ["XX-1", "jkt-1", "a%00b", "a/b", "%F0%9F%8E%81"])
    def test_unknown_product(self, client: FlaskClient, sku: str) -> None:
        answer = client.get(f"/api/products/{sku}")
        assert answer.status_code == 404
        assert answer.get_json()["error"] == "product not found"

    def test_unknown_product_repeats_the_number(self, client: FlaskClient) -> None:
        body = client.get("/api/products/xx-1").get_data()
        assert body == b'{"error":"product not found","sku":"XX-1"}'

    def test_inactive_product_is_not_found(self, client: FlaskClient, rows: Rows) -> None:
        (sku,) = rows("SELECT sku FROM product WHERE active = 'N' ORDER BY sku LIMIT 1")[0]
        assert client.get(f"/api/products/{sku}").status_code == 404


class TestCategoriesAndStock:
    def test_categories_count_what_is_listed(self, client: FlaskClient) -> None:
        entries = client.get("/api/categories").get_json()["categories"]
        assert entries[0] == {
            "code": "CLOTHING",
            "name": "Clothing",
            "parent": None,
            "count": entries[0]["count"],
        }
        assert entries[1]["parent"] == "CLOTHING"
        listed = client.get("/api/products").get_json()["total"]
        assert sum(entry["count"] for entry in entries) == listed

    def test_stock_of_a_product_is_that_of_its_variants(self, client: FlaskClient) -> None:
        product = client.get("/api/products/JKT-10001").get_json()
        whole = client.get("/api/stock/jkt-10001").get_json()
        assert list(whole) == ["sku", "stock", "in_stock", "stock_text", "updated"]
        assert (whole["sku"], whole["stock"]) == ("JKT-10001", product["stock"])
        first = product["variants"][0]
        assert client.get(f"/api/stock/{first['sku']}").get_json()["stock"] == first["stock"]

    def test_unknown_stock(self, client: FlaskClient) -> None:
        answer = client.get("/api/stock/nix")
        assert answer.status_code == 404
        assert answer.get_json() == {"error": "unknown sku", "sku": "NIX"}
