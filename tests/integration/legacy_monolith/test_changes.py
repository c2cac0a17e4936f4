"""What somebody changes in the tables shows in the very next answer."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

pytestmark = pytest.mark.integration
Rows = Callable[..., list[tuple[Any, ...]]]


def test_difference_is_discounted_with_the_price(client: FlaskClient, rows: Rows) -> None:
    rows("UPDATE product SET price = '10.33', disc_pct = '25' WHERE id = 1 RETURNING 1")
    rows("UPDATE variant SET price_diff = '0.07' WHERE product_id = 1 RETURNING 1")
    body = client.get("/api/products/JKT-10001").get_json()
    assert body["price"] == "7.75"  # 7.7475
    assert {variant["price"] for variant in body["variants"]} == {"7.80"}


def test_discontinued_article_leaves_the_list_with_its_last_piece(
    client: FlaskClient, rows: Rows
) -> None:
    listed = client.get("/api/products").get_json()["total"]
    rows("UPDATE product SET discontinued = 'Y' WHERE id = 1 RETURNING 1")
    assert client.get("/api/products").get_json()["total"] == listed
    sold_out = "UPDATE stock SET qty = 0 WHERE sku IN (SELECT sku FROM variant"
    rows(sold_out + " WHERE product_id = 1) RETURNING 1")
    assert client.get("/api/products").get_json()["total"] == listed - 1
    body = client.get("/api/products/JKT-10001").get_json()
    assert (body["discontinued"], body["stock"], body["stock_text"]) == ("Y", 0, "Discontinued")


@pytest.mark.parametrize(
    ("pieces", "text"), [(3, "Only 3 lefts"), (4, "In stock"), (0, "Sold out")]
)
def test_stock_text_follows_the_stock(
    client: FlaskClient, rows: Rows, pieces: int, text: str
) -> None:
    rows("UPDATE stock SET qty = 0 WHERE sku LIKE 'JKT-10001-%' RETURNING 1")
    first = "(SELECT min(sku) FROM variant WHERE product_id = 1 AND active = 'Y')"
    rows(f"UPDATE stock SET qty = %s WHERE sku = {first} RETURNING 1", pieces)
    assert client.get("/api/products/JKT-10001").get_json()["stock_text"] == text
    entry = client.get("/api/stock/JKT-10001").get_json()
    assert (entry["stock"], entry["in_stock"]) == (pieces, "Y" if pieces else "N")
