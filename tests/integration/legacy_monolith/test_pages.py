"""The pages, as a browser goes through them: links and forms are taken from the page itself."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

pytestmark = pytest.mark.integration
Rows = Callable[..., list[tuple[Any, ...]]]


def page_of(answer: TestResponse) -> Any:
    assert answer.status_code == 200, answer.text[:500]
    return html.fromstring(answer.text)


def form_of(page: Any, action: str) -> dict[str, str]:
    """The fields of the form with this action, as a browser would send them unchanged."""
    (form,) = [form for form in page.forms if form.get("action") == action]
    return {name: value or "" for name, value in form.fields.items()}


def log_in(client: FlaskClient, email: str, password: str) -> TestResponse:
    form = form_of(page_of(client.get("/login")), "/login")
    return client.post("/login", data={**form, "email": email, "password": password})


@pytest.fixture
def shopper(app: Flask) -> FlaskClient:
    client = app.test_client()
    answer = log_in(client, "kunde001@example.org", "wander-2016")
    assert answer.headers["Location"] == "/?ok=hello"
    return client


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    client = app.test_client()
    assert log_in(client, "admin@example.org", "admin-2016").status_code == 302
    return client


class TestLooking:
    def test_every_link_of_the_home_page_leads_somewhere(self, client: FlaskClient) -> None:
        page = page_of(client.get("/"))
        links = {link for _, _, link, _ in page.iterlinks() if link.startswith("/")}
        assert len(links) > 20
        for link in sorted(links):
            assert client.get(link).status_code in (200, 405), link

    def test_no_page_asks_for_anything_elsewhere(self, client: FlaskClient) -> None:
        for path in ("/", "/category/CAMPING", "/product/JKT-10001", "/login"):
            assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//""", client.get(path).text)

    def test_category_pages_can_be_turned(self, client: FlaskClient) -> None:
        page = page_of(client.get("/category/CLOTHING?sort=-price"))
        (following,) = page.xpath('//a[@rel="next"]/@href')
        assert "sort=-price" in following
        second = page_of(client.get(following))
        assert second.xpath('//a[@rel="prev"]')
        names = page.xpath('//span[@class="name"]/text()')
        assert len(names) == 24
        assert names != second.xpath('//span[@class="name"]/text()')

    def test_search_finds_and_shows_what_was_typed(self, client: FlaskClient) -> None:
        page = page_of(client.get("/search?q=merino"))
        assert page.xpath('//input[@type="search"]/@value') == ["merino"]
        assert page.xpath('//ul[@class="tiles"]/li')
        nothing = client.get('/search?q="><script>').text
        assert "<script>" not in nothing
        assert "Nothing found" in nothing

    @pytest.mark.parametrize("path", ["/product/NIX-1", "/category/NIX", "/product/a%00b"])
    def test_missing_things_are_a_friendly_404(self, client: FlaskClient, path: str) -> None:
        answer = client.get(path)
        assert answer.status_code == 404
        assert "Back to the shop" in answer.text

    def test_page_and_api_agree_on_the_price(self, client: FlaskClient) -> None:
        body = client.get("/api/products/JKT-10001").get_json()
        assert f"{body['price']} €" in client.get("/product/jkt-10001").text


class TestBuying:
    def test_from_the_product_to_the_cancelled_order(
        self, shopper: FlaskClient, rows: Rows
    ) -> None:
        form = form_of(page_of(shopper.get("/product/JKT-10001")), "/cart/add")
        before = rows("SELECT qty FROM stock WHERE sku = %s", form["sku"])[0][0]
        answer = shopper.post("/cart/add", data={**form, "qty": "2"})
        assert answer.headers["Location"] == "/cart?ok=added"
        cart = page_of(shopper.get("/cart?ok=added"))
        assert "Added to your cart." in cart.text_content()

        form = form_of(page_of(shopper.get("/checkout")), "/checkout")
        answer = shopper.post("/checkout", data={**form, "po_number": "Büro 7"})
        assert answer.status_code == 302
        order = page_of(shopper.get(answer.headers["Location"]))
        assert "Thank you!" in order.text_content()
        assert "Büro 7" in order.text_content()
        assert "It is empty" in shopper.get("/cart").text
        assert rows("SELECT qty FROM stock ORDER BY updated DESC LIMIT 1") == [(before - 2,)]
        assert "SO-2026-005001" in shopper.get("/orders?q=B%C3%BCro+7").text

        action = "/orders/SO-2026-005001/cancel"
        answer = shopper.post(action, data=form_of(order, action))
        assert answer.headers["Location"] == "/orders/SO-2026-005001?ok=cancelled"
        assert "Cancelled" in shopper.get(answer.headers["Location"]).text
        assert rows("SELECT qty FROM stock ORDER BY updated DESC LIMIT 1") == [(before,)]

    def test_stranger_keeps_the_cart_through_the_login(self, client: FlaskClient) -> None:
        form = form_of(page_of(client.get("/product/JKT-10001")), "/cart/add")
        client.post("/cart/add", data=form)
        location = client.get("/checkout").headers["Location"]
        assert location == "/login?next=/checkout"
        form = form_of(page_of(client.get(location)), "/login")
        form |= {"email": "kunde003@example.org", "password": "wander-2016"}
        answer = client.post("/login", data=form)
        assert answer.headers["Location"] == "/checkout"
        assert "Süderoog" in client.get("/checkout").text

    def test_pieces_can_be_changed_and_taken_out(self, client: FlaskClient) -> None:
        form = form_of(page_of(client.get("/product/JKT-10001")), "/cart/add")
        client.post("/cart/add", data=form)
        update = form_of(page_of(client.get("/cart")), "/cart/update")
        field = f"qty:{form['sku']}"
        client.post("/cart/update", data={**update, field: "4"})
        assert form_of(page_of(client.get("/cart")), "/cart/update")[field] == "4"
        client.post("/cart/update", data={**update, field: "0"})
        assert "It is empty" in client.get("/cart").text

    def test_sold_out_meanwhile_is_said_and_nothing_is_ordered(
        self, shopper: FlaskClient, rows: Rows
    ) -> None:
        form = form_of(page_of(shopper.get("/product/JKT-10001")), "/cart/add")
        shopper.post("/cart/add", data={**form, "qty": "2"})
        rows("UPDATE stock SET qty = 1 WHERE sku = %s RETURNING 1", form["sku"])
        form = form_of(page_of(shopper.get("/checkout")), "/checkout")
        answer = shopper.post("/checkout", data=form)
        assert answer.status_code == 409
        assert "only 1 left" in answer.text
        assert rows("SELECT count(*) FROM orders") == [(5000,)]


class TestAccount:
    def test_wrong_password_stays_on_the_page(self, client: FlaskClient) -> None:
        answer = log_in(client, "kunde001@example.org", "wrong")
        assert answer.status_code == 200
        assert "do not go together" in answer.text

    def test_register_and_log_out(self, client: FlaskClient, rows: Rows) -> None:
        form = form_of(page_of(client.get("/register")), "/register")
        form |= {"email": "Neu@Example.org", "password": "geheim-genug", "name": "Neue Kundin"}
        assert client.post("/register", data=form).headers["Location"] == "/?ok=welcome"
        assert rows("SELECT name FROM customer WHERE email = 'neu@example.org'") == [
            ("Neue Kundin",)
        ]
        home = page_of(client.get("/"))
        client.post("/logout", data=form_of(home, "/logout"))
        assert client.get("/orders").status_code == 302

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("email", "nobody", "no e-mail address"),
            ("email", "kunde001@example.org", "an account with this e-mail address already"),
            ("password", "short", "at least 8"),
            ("name", "", "your name"),
            ("city", "x" * 101, "too long"),
        ],
    )
    def test_register_says_what_is_wrong(
        self, client: FlaskClient, field: str, value: str, said: str
    ) -> None:
        form = form_of(page_of(client.get("/register")), "/register")
        form |= {"email": "neu@example.org", "password": "geheim-genug", "name": "Neu"}
        answer = client.post("/register", data={**form, field: value})
        assert answer.status_code == 200
        assert said in answer.text


class TestAdmin:
    def test_customers_may_not_enter(self, shopper: FlaskClient) -> None:
        answer = shopper.get("/admin/products")
        assert answer.status_code == 403
        assert "Staff only" in answer.text

    def test_price_and_discount(self, admin: FlaskClient, client: FlaskClient) -> None:
        path = "/admin/products/JKT-10001"
        form = form_of(page_of(admin.get(path)), path)
        answer = admin.post(path, data={**form, "price": "200,50", "disc_pct": "20 %"})
        assert answer.headers["Location"] == f"{path}?ok=saved"
        body = client.get("/api/products/JKT-10001").get_json()
        assert (body["price"], body["list_price"]) == ("160.40", "200.50")
        assert body["discount_pct"] == "20"
        assert body["updated"] == "2026-07-14 15:09:26"

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"price": "free"}, "The price must be"),
            ({"price": "0"}, "The price must be"),
            ({"disc_pct": "71"}, "from 0 to 70"),
            ({"disc_pct": "12.5"}, "from 0 to 70"),
            ({"name": " "}, "The name must have"),
        ],
    )
    def test_nonsense_is_refused_and_not_saved(
        self, admin: FlaskClient, client: FlaskClient, change: dict[str, str], said: str
    ) -> None:
        before = client.get("/api/products/JKT-10001").get_data()
        path = "/admin/products/JKT-10001"
        answer = admin.post(path, data={**form_of(page_of(admin.get(path)), path), **change})
        assert answer.status_code == 400
        assert said in answer.text
        assert client.get("/api/products/JKT-10001").get_data() == before

    def test_counted_stock_goes_through_the_ledger(self, admin: FlaskClient, rows: Rows) -> None:
        sku = rows("SELECT sku FROM variant WHERE product_id = 1 ORDER BY sku LIMIT 1")[0][0]
        before = rows("SELECT qty FROM stock WHERE sku = %s", sku)[0][0]
        path = "/admin/products/JKT-10001"
        token = form_of(page_of(admin.get(path)), path)["csrf"]
        form = {"csrf": token, "variant": sku, "qty": str(before + 17)}
        assert admin.post(f"{path}/stock", data=form).status_code == 302
        assert rows("SELECT qty FROM stock WHERE sku = %s", sku) == [(before + 17,)]
        last = "SELECT sku, qty_change, reason FROM stock_movement ORDER BY id DESC LIMIT 1"
        assert rows(last) == [(sku, 17, "ADJUST")]
        assert admin.post(f"{path}/stock", data={**form, "qty": "-1"}).status_code == 400
        assert admin.post(f"{path}/stock", data={**form, "variant": "NIX"}).status_code == 404

    def test_product_list_can_be_searched(self, admin: FlaskClient) -> None:
        assert "JKT-10001" in admin.get("/admin/products?q=jkt-10001").text
        assert "inactive" in admin.get("/admin/products").text
        assert admin.get("/admin/products?page=99999").status_code == 200

    def test_report_agrees_with_one_honest_statement(self, admin: FlaskClient, rows: Rows) -> None:
        answer = admin.get("/admin/report?from=2026-06-01&to=2026-06-30")
        expected = rows("""
            SELECT sum(l.qty * l.price::numeric) FROM orders o
            JOIN order_line l ON l.order_id = o.id
            WHERE o.status <> 'CANCELLED' AND o.created >= '2026-06-01' AND o.created < '2026-07-01'
        """)
        assert f"{expected[0][0]} €" in answer.text

    def test_report_as_a_file(self, admin: FlaskClient, rows: Rows) -> None:
        answer = admin.get("/admin/report.csv?from=2026-06-01&to=2026-06-30")
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert answer.headers["Content-Disposition"] == (
            'attachment; filename="sales-2026-06-01-2026-06-30.csv"'
        )
        lines = answer.get_data().decode("utf-8-sig").splitlines()
        assert lines[0].startswith("order;date;status;customer")
        count = rows("""
            SELECT count(*) FROM order_line l JOIN orders o ON o.id = l.order_id
            WHERE o.created >= '2026-06-01' AND o.created < '2026-07-01'
        """)
        assert len(lines) - 1 == count[0][0]
