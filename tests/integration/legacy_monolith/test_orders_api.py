"""Login and orders as the mobile app sees them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.rigs.shop.clock import StoppedClock

pytestmark = pytest.mark.integration
Rows = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def shelf(rows: Rows) -> dict[str, int]:
    """Two variants that can be ordered: ten of the first, five of the second, at known prices."""
    found = rows("""
        SELECT v.sku FROM variant v JOIN product p ON p.id = v.product_id
        WHERE v.active = 'Y' AND p.active = 'Y' AND v.price_diff = '0.00'
          AND p.id IN (SELECT min(id) FROM product WHERE active = 'Y' GROUP BY cat_code)
        ORDER BY v.sku LIMIT 2
    """)
    shelf = {found[0][0]: 10, found[1][0]: 5}
    for sku, pieces in shelf.items():
        rows("UPDATE stock SET qty = %s WHERE sku = %s RETURNING 1", pieces, sku)
        price = "UPDATE product SET price = '19.99', disc_pct = '10' WHERE id ="
        rows(price + " (SELECT product_id FROM variant WHERE sku = %s) RETURNING 1", sku)
    return shelf


def order_of(shelf: dict[str, int], *pieces: int, **extra: Any) -> dict[str, Any]:
    lines = [{"sku": sku, "qty": qty} for sku, qty in zip(shelf, pieces, strict=False)]
    return {"lines": lines, **extra}


class TestLogin:
    def test_good_password_opens_a_session(self, client: FlaskClient) -> None:
        answer = client.post(
            "/api/login", json={"email": " Kunde002@Example.org ", "password": "wander-2016"}
        )
        assert answer.status_code == 200
        assert answer.get_json()["ok"] == "Y"
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("session=")
        assert "HttpOnly" in cookie
        assert "Path=/" in cookie
        assert "SameSite=Lax" in cookie
        assert client.get("/api/me").get_json()["email"] == "kunde002@example.org"

    @pytest.mark.parametrize(
        ("email", "password"),
        [
            ("kunde002@example.org", "wrong"),
            ("nobody@example.org", "wander-2016"),
            ("x\0y", "x"),
        ],
    )
    def test_bad_password_is_a_200_that_says_no(
        self, client: FlaskClient, email: str, password: str
    ) -> None:
        answer = client.post("/api/login", json={"email": email, "password": password})
        assert answer.status_code == 200
        assert answer.get_data() == b'{"ok":"N","error":"wrong email or password"}'
        assert "Set-Cookie" not in answer.headers

    def test_session_cookie_stays_the_same_until_the_logout(self, kunde: FlaskClient) -> None:
        for path in ("/api/me", "/api/orders", "/", "/cart", "/orders"):
            answer = kunde.get(path)
            assert answer.status_code == 200
            assert "Set-Cookie" not in answer.headers, path

    def test_logout(self, kunde: FlaskClient) -> None:
        assert kunde.post("/api/logout").get_json() == {"ok": "Y"}
        assert kunde.get("/api/me").status_code == 401

    def test_forged_session_is_refused(self, client: FlaskClient) -> None:
        client.set_cookie("session", "eyJ1aWQiOjF9.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb")
        assert client.get("/api/me").status_code == 401


class TestPlace:
    def test_order_is_written_with_everything(
        self, kunde: FlaskClient, shelf: dict[str, int], rows: Rows
    ) -> None:
        body = order_of(shelf, 2, 1, pay_method="card", po_number="KST 4711 ß")
        answer = kunde.post("/api/orders", json=body)
        assert answer.status_code == 201
        order = answer.get_json()
        assert order["order_no"] == "SO-2026-005001"
        assert (order["status"], order["total"]) == ("PAID", "53.97")
        assert order["po_number"] == "KST 4711 ß"
        assert order["created"] == "2026-07-14 15:09:26"
        assert [(ln["sku"], ln["qty"], ln["price"]) for ln in order["lines"]] == [
            (sku, qty, "17.99") for sku, qty in zip(shelf, (2, 1), strict=True)
        ]
        assert order["ship"]["name"] == kunde.get("/api/me").get_json()["name"]
        left = dict(rows("SELECT sku, qty FROM stock WHERE sku = ANY(%s)", list(shelf)))
        assert left == dict(zip(shelf, (8, 4), strict=True))
        assert rows(
            "SELECT sku, qty_change, reason FROM stock_movement WHERE order_no = %s ORDER BY sku",
            order["order_no"],
        ) == [(sku, -qty, "SALE") for sku, qty in zip(shelf, (2, 1), strict=True)]
        paid = "SELECT amount, method, status FROM payment ORDER BY id DESC LIMIT 1"
        assert rows(paid) == [("53.97", "card", "CAPTURED")]

    def test_invoice_is_new_and_only_authorised(
        self, kunde: FlaskClient, shelf: dict[str, int], rows: Rows
    ) -> None:
        ship = {"name": "Renée", "street": "Gasse 1", "zip": "1010", "city": "Wien"}
        order = kunde.post("/api/orders", json=order_of(shelf, 1, ship=ship)).get_json()
        assert (order["status"], order["ship"]) == ("NEW", ship)
        assert rows("SELECT status FROM payment ORDER BY id DESC LIMIT 1") == [("AUTH",)]

    def test_too_many_pieces_change_nothing(
        self, kunde: FlaskClient, shelf: dict[str, int], rows: Rows
    ) -> None:
        before = rows("SELECT sum(qty) FROM stock") + rows("SELECT count(*) FROM orders")
        answer = kunde.post("/api/orders", json=order_of(shelf, 1, 6))
        assert answer.status_code == 409
        second = list(shelf)[1]
        assert answer.get_json() == {"error": "out of stock", "sku": second, "available": 5}
        assert rows("SELECT sum(qty) FROM stock") + rows("SELECT count(*) FROM orders") == before
        assert rows("SELECT count(*) FROM stock_movement WHERE order_no = 'SO-2026-005001'") == [
            (0,)
        ]

    def test_unknown_sku(self, kunde: FlaskClient) -> None:
        answer = kunde.post("/api/orders", json={"lines": [{"sku": "nix", "qty": 1}]})
        assert answer.status_code == 400
        assert answer.get_json() == {"error": "unknown sku", "sku": "NIX"}

    @pytest.mark.parametrize("table", ["product", "variant"])
    def test_inactive_things_cannot_be_ordered(
        self, kunde: FlaskClient, shelf: dict[str, int], rows: Rows, table: str
    ) -> None:
        sku = next(iter(shelf))
        column = "product_id" if table == "product" else "id"
        statement = f"UPDATE {table} SET active = 'N' WHERE id = "
        rows(statement + f"(SELECT {column} FROM variant WHERE sku = %s) RETURNING 1", sku)
        assert kunde.post("/api/orders", json=order_of(shelf, 1)).get_json()["sku"] == sku

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"lines": 7}'])
    def test_no_order_at_all(self, kunde: FlaskClient, body: bytes) -> None:
        answer = kunde.post("/api/orders", data=body, content_type="application/json")
        assert answer.status_code == 400
        assert answer.get_json()["error"]

    def test_nul_in_a_text_is_bad_input(self, kunde: FlaskClient, shelf: dict[str, int]) -> None:
        answer = kunde.post("/api/orders", json=order_of(shelf, 1, po_number="a\0b"))
        assert answer.status_code == 400
        assert answer.get_json() == {"error": "bad input"}


class TestRead:
    def test_history_is_newest_first_and_in_pages(
        self, kunde: FlaskClient, shelf: dict[str, int], clock: StoppedClock
    ) -> None:
        numbers = []
        for _ in range(3):
            clock.at += timedelta(minutes=1)
            numbers.append(kunde.post("/api/orders", json=order_of(shelf, 1)).get_json())
        body = kunde.get("/api/orders?per_page=2").get_json()
        assert body["orders"] == [numbers[2], numbers[1]]
        assert (body["page"], body["per_page"]) == (1, 2)
        assert body["pages"] == -(-body["total"] // 2)
        assert kunde.get("/api/orders?per_page=2&page=2").get_json()["orders"][0] == numbers[0]
        assert kunde.get("/api/orders?page=999999999999999999999").get_json()["orders"] == []

    def test_own_purchase_order_number_finds_the_order(
        self, kunde: FlaskClient, shelf: dict[str, int]
    ) -> None:
        made = kunde.post("/api/orders", json=order_of(shelf, 1, po_number="saga-42")).get_json()
        assert kunde.get("/api/orders?po_number=saga-42").get_json()["orders"] == [made]
        assert kunde.get("/api/orders?po_number=saga-43").get_json()["total"] == 0

    def test_one_order(self, kunde: FlaskClient, shelf: dict[str, int]) -> None:
        made = kunde.post("/api/orders", json=order_of(shelf, 1)).get_json()
        assert kunde.get(f"/api/orders/{made['order_no'].lower()}").get_json() == made

    def test_order_of_somebody_else_does_not_exist(
        self, app: Flask, kunde: FlaskClient, shelf: dict[str, int]
    ) -> None:
        number = kunde.post("/api/orders", json=order_of(shelf, 1)).get_json()["order_no"]
        other = app.test_client()
        other.post("/api/login", json={"email": "kunde002@example.org", "password": "wander-2016"})
        for answer in (
            other.get(f"/api/orders/{number}"),
            other.post(f"/api/orders/{number}/cancel"),
        ):
            assert answer.status_code == 404
            assert answer.get_json() == {"error": "order not found", "order_no": number}


class TestCancel:
    def test_gives_everything_back(
        self, kunde: FlaskClient, shelf: dict[str, int], rows: Rows, clock: StoppedClock
    ) -> None:
        number = kunde.post("/api/orders", json=order_of(shelf, 2, 1)).get_json()["order_no"]
        clock.at += timedelta(hours=1)
        answer = kunde.post(f"/api/orders/{number}/cancel")
        assert answer.status_code == 200
        order = answer.get_json()
        assert (order["status"], order["updated"]) == ("CANCELLED", "2026-07-14 16:09:26")
        left = dict(rows("SELECT sku, qty FROM stock WHERE sku = ANY(%s)", list(shelf)))
        assert left == shelf
        moves = "SELECT sum(qty_change), count(*) FROM stock_movement WHERE order_no = %s"
        assert rows(moves, number) == [(0, 4)]
        assert rows("SELECT status FROM payment ORDER BY id DESC LIMIT 1") == [("REFUNDED",)]

    def test_only_once(self, kunde: FlaskClient, shelf: dict[str, int]) -> None:
        number = kunde.post("/api/orders", json=order_of(shelf, 2)).get_json()["order_no"]
        assert kunde.post(f"/api/orders/{number}/cancel").status_code == 200
        again = kunde.post(f"/api/orders/{number}/cancel")
        assert again.status_code == 409
        assert again.get_json() == {"error": "order cannot be cancelled", "status": "CANCELLED"}

    def test_not_after_shipping(
        self, kunde: FlaskClient, shelf: dict[str, int], rows: Rows
    ) -> None:
        number = kunde.post("/api/orders", json=order_of(shelf, 2)).get_json()["order_no"]
        rows("UPDATE orders SET status = 'SHIPPED' WHERE order_no = %s RETURNING 1", number)
        assert kunde.post(f"/api/orders/{number}/cancel").status_code == 409
