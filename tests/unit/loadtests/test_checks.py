"""The checks accept what the shop means to say, and name what is wrong with anything else."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from loadtests import checks
from loadtests.answer import Answer, Wrong


def answer(body: object, status: int = 200, kind: str = "application/json") -> Answer:
    return Answer(status, json.dumps(body).encode(), {"content-type": kind})


@pytest.mark.parametrize(
    ("list_price", "percent", "price"),
    [
        ("100.00", "15", "85.00"),
        ("0.10", "5", "0.10"),  # 0.095 goes up, not to the even cent
        ("12.30", "15", "10.46"),  # 10.455
        ("19.99", "", "19.99"),
    ],
)
def test_discounted_rounds_half_up(list_price: str, percent: str, price: str) -> None:
    assert checks.discounted(Decimal(list_price), percent) == Decimal(price)


@pytest.mark.parametrize("value", [12.5, "12.5", "12", "12.500", "€12.50", None, "12,50"])
def test_money_that_is_not_money(value: object) -> None:
    with pytest.raises(Wrong, match="price is"):
        checks.money(value, "price")


class TestListing:
    def test_a_good_page(self, bodies: Any) -> None:
        page = checks.listing(answer(bodies.listing("A", "B")))
        assert (page.skus, page.total, page.pages) == (("A", "B"), 2, 1)

    def test_a_price_off_by_a_cent(self, bodies: Any) -> None:
        body = bodies.listing("A")
        body["products"][0]["price"] = "90.01"
        with pytest.raises(Wrong, match=r"products\[0\]\.price .*90\.01.*90\.00"):
            checks.listing(answer(body))

    @pytest.mark.parametrize(("field", "value"), [("page", 2), ("total", 50), ("pages", 3)])
    def test_totals_that_do_not_fit(self, bodies: Any, field: str, value: int) -> None:
        with pytest.raises(Wrong, match=r"page|pages|products on page"):
            checks.listing(answer(bodies.listing("A") | {field: value}))

    def test_the_same_product_twice(self, bodies: Any) -> None:
        with pytest.raises(Wrong, match="distinct skus"):
            checks.listing(answer(bodies.listing("A", "A")))

    def test_the_cheapest_is_not_first(self, bodies: Any) -> None:
        body = bodies.listing("A", "B")
        body["products"][1] = bodies.summary("B", "9.00", "10.00", "10")
        with pytest.raises(Wrong, match="order of prices"):
            checks.listing(answer(body), sort="price")
        assert checks.listing(answer(body), sort="-price").skus == ("A", "B")

    def test_beyond_the_end_is_empty(self, bodies: Any) -> None:
        body = bodies.listing(page=7, total=30)
        assert checks.listing(answer(body), page=7).skus == ()


class TestProduct:
    def test_the_one_asked_for(self, bodies: Any) -> None:
        found = checks.product(answer(bodies.product("AA-1")), "aa-1")
        assert found.variants == (("AA-1-0", 3),)

    def test_another_one(self, bodies: Any) -> None:
        with pytest.raises(Wrong, match=r"sku is 'BB-2' instead of 'AA-1'"):
            checks.product(answer(bodies.product("BB-2")), "AA-1")

    def test_a_stock_that_does_not_add_up(self, bodies: Any) -> None:
        with pytest.raises(Wrong, match="stock"):
            checks.product(answer(bodies.product("A") | {"stock": 4}), "A")

    def test_not_found_repeats_the_sku(self) -> None:
        body = {"error": "product not found", "sku": "XX-1"}
        checks.no_such_product(answer(body, 404), "xx-1")
        with pytest.raises(Wrong, match="status 200 instead of 404"):
            checks.no_such_product(answer(body, 200), "XX-1")


class TestCategories:
    GOOD: ClassVar[list[dict[str, Any]]] = [
        {"code": "TENT", "parent": None, "count": 3},
        {"code": "DOME", "parent": "TENT", "count": 0},
    ]

    def test_codes_in_order(self) -> None:
        assert checks.categories(answer({"categories": self.GOOD})) == ("TENT", "DOME")

    def test_an_orphan(self) -> None:
        with pytest.raises(Wrong, match="unknown parent 'ATTIC'"):
            checks.categories(
                answer({"categories": [{"code": "A", "parent": "ATTIC", "count": 1}]})
            )

    def test_unknown_category_is_a_200_that_means_no(self) -> None:
        body = {"error": "unknown category", "products": [], "total": 0}
        checks.unknown_category(answer(body))
        with pytest.raises(Wrong, match="status 404"):
            checks.unknown_category(answer(body, 404))


class TestOrders:
    PLACED: ClassVar[dict[str, Any]] = {
        "order_no": "SO-2026-000001",
        "status": "NEW",
        "total": "30.00",
        "lines": [
            {"sku": "A-0", "qty": 2, "price": "10.00"},
            {"sku": "B-0", "qty": 1, "price": "10.00"},
        ],
    }

    def test_placed_as_asked(self) -> None:
        order = checks.order_placed(answer(self.PLACED, 201), {"A-0": 2, "B-0": 1})
        assert order == checks.Order("SO-2026-000001", Decimal("30.00"), "NEW")

    def test_sold_out_is_an_honest_answer(self) -> None:
        result = checks.order_placed(answer({"error": "out of stock"}, 409), {"A-0": 1})
        assert result == checks.Refusal("out of stock")

    def test_a_refusal_must_give_its_reason_in_the_usual_words(self) -> None:
        with pytest.raises(Wrong, match="error is 'no'"):
            checks.order_placed(answer({"error": "no"}, 402), {"A-0": 1})

    def test_accepted_without_a_place_to_look(self) -> None:
        with pytest.raises(Wrong, match="place to look ''"):
            checks.order_placed(answer({"id": "S1", "status": "PENDING"}, 202), {"A-0": 1})

    def test_refused_at_last_for_no_reason_of_the_trade(self) -> None:
        body = {"status": "REFUSED", "reason": {"error": "it could not be done"}}
        pending = checks.Pending("/api/order-requests/S1")
        with pytest.raises(Wrong, match="it could not be done"):
            checks.request_looked_up(answer(body), pending, in_time=True)

    def test_a_total_that_is_not_the_sum(self) -> None:
        with pytest.raises(Wrong, match="sum of the lines"):
            checks.order_placed(answer(self.PLACED | {"total": "31.00"}, 201), {"A-0": 2, "B-0": 1})

    def test_another_quantity_than_asked(self) -> None:
        with pytest.raises(Wrong, match="lines is"):
            checks.order_placed(answer(self.PLACED, 201), {"A-0": 1, "B-0": 1})

    def test_the_own_order_is_missing_from_the_history(self) -> None:
        body = {"orders": [{"order_no": "SO-2026-000001"}]}
        checks.order_history(answer(body), "SO-2026-000001")
        with pytest.raises(Wrong, match="SO-2026-000002 is not in the history"):
            checks.order_history(answer(body), "SO-2026-000002")

    def test_a_wrong_password_is_a_200_too(self) -> None:
        with pytest.raises(Wrong, match="login ok is 'N'"):
            checks.logged_in(answer({"ok": "N", "error": "wrong email or password"}))


class TestStock:
    def test_flag_and_number_agree(self) -> None:
        assert checks.stock(answer({"sku": "A-0", "stock": 0, "in_stock": "N"}), "A-0") == 0
        with pytest.raises(Wrong, match="in_stock"):
            checks.stock(answer({"sku": "A-0", "stock": 0, "in_stock": "Y"}), "A-0")
