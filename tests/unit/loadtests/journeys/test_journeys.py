"""The journeys in the app, against a shop that answers from a dict."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from loadtests.journeys.browse import browse, lost
from loadtests.journeys.buy import buy
from loadtests.journeys.search import search
from loadtests.visitor import Ask, VisitEnds

CATEGORIES = {"categories": [{"code": "TENT", "parent": None, "count": 2}]}
ORDER_NO = "SO-2026-000007"


def test_browse_opens_what_the_list_shows(fake_shop: Any, make_person: Any, bodies: Any) -> None:
    fake_shop.answers = {
        "GET /api/categories": CATEGORIES,
        "GET /api/products?category=TENT": bodies.listing("C-3"),
        "GET /api/products/C-3": bodies.product("C-3"),
    }
    browse(make_person())
    assert fake_shop.failures == []
    assert fake_shop.paths() == [
        "GET /api/categories",
        "GET /api/products?category=TENT",
        "GET /api/products/C-3",
    ]


def test_every_request_of_a_visit_carries_the_same_device(
    fake_shop: Any, make_person: Any, bodies: Any
) -> None:
    fake_shop.answers = {
        "GET /api/categories": CATEGORIES,
        "GET /api/products?category=TENT": bodies.listing("C-3"),
        "GET /api/products/C-3": bodies.product("C-3"),
    }
    browse(make_person(1))
    browse(make_person(2))
    devices = [ask.headers["X-Device-Id"] for ask in fake_shop.asked]
    assert len(set(devices)) == 2


def test_a_wrong_answer_ends_the_visit_and_is_counted_once(
    fake_shop: Any, make_person: Any, bodies: Any
) -> None:
    fake_shop.answers = {
        "GET /api/categories": CATEGORIES,
        "GET /api/products?category=TENT": bodies.listing("C-3"),
        "GET /api/products/C-3": bodies.product("C-3") | {"price": "1.00"},
    }
    with pytest.raises(VisitEnds):
        browse(make_person())
    assert len(fake_shop.failures) == 1
    assert "product.price" in fake_shop.failures[0]


def test_an_answer_of_another_shape_is_a_failure_not_a_crash(
    fake_shop: Any, make_person: Any
) -> None:
    fake_shop.answers = {"GET /api/categories": {"categories": ["TENT"]}}
    with pytest.raises(VisitEnds):
        browse(make_person())
    assert fake_shop.failures[0].startswith("unexpected shape")


def test_lost_people_are_reported_in_the_old_way(fake_shop: Any, make_person: Any) -> None:
    def not_found(ask: Ask) -> tuple[int, dict[str, str]]:
        return 404, {"error": "product not found", "sku": ask.path.rpartition("/")[2]}

    person = make_person()
    sku = f"XX-{type(person.dice)(1).randint(10_000, 99_999)}"
    person.dice.seed(1)
    fake_shop.answers = {
        f"GET /api/products/{sku}": not_found,
        "GET /api/products?category=attic": {
            "error": "unknown category",
            "products": [],
            "total": 0,
        },
    }
    lost(person)
    assert fake_shop.failures == []


def test_a_search_that_finds_nothing_is_a_failure(
    fake_shop: Any, make_person: Any, bodies: Any
) -> None:
    fake_shop.answers = {
        "GET /api/categories": CATEGORIES,
        "GET /api/products?q=zelt": bodies.listing(),
    }
    with pytest.raises(VisitEnds):
        search(make_person())
    assert fake_shop.failures == ["nothing found for 'zelt'"]


class TestBuy:
    @pytest.fixture
    def open_shop(self, fake_shop: Any, bodies: Any) -> Any:
        def place(ask: Ask) -> tuple[int, dict[str, Any]]:
            lines = [line | {"price": "90.00"} for line in json.loads(ask.body)["lines"]]
            total = sum(line["qty"] * 90 for line in lines)
            self.order = {
                "order_no": ORDER_NO,
                "status": "NEW",
                "total": f"{total}.00",
                "lines": lines,
            }
            self.orders.append(self.order)
            return 201, self.order

        self.orders: list[dict[str, Any]] = []
        fake_shop.answers = {
            "GET /api/categories": CATEGORIES,
            "POST /api/login": {"ok": "Y", "name": "K"},
            "GET /api/me": lambda _: {"email": self.email},
            "GET /api/products/AA-1": bodies.product("AA-1"),
            "GET /api/products/BB-2": bodies.product("BB-2"),
            "POST /api/orders": place,
            "GET /api/orders": lambda _: {"orders": self.orders},
            f"GET /api/orders/{ORDER_NO}": lambda _: self.order,
            f"POST /api/orders/{ORDER_NO}/cancel": lambda _: self.order | {"status": "CANCELLED"},
        }
        return fake_shop

    def visit(self, person: Any) -> None:
        self.email = person.email
        buy(person)

    @pytest.mark.parametrize("seed", range(12))
    def test_the_whole_story(self, open_shop: Any, make_person: Any, seed: int) -> None:
        self.visit(make_person(seed))
        assert open_shop.failures == []
        assert f"GET /api/orders/{ORDER_NO}" in open_shop.paths()

    def test_a_stranger_s_session_is_noticed(self, open_shop: Any, make_person: Any) -> None:
        open_shop.answers["GET /api/me"] = {"email": "somebody@else.org"}
        with pytest.raises(VisitEnds):
            self.visit(make_person())
        assert "me.email" in open_shop.failures[0]

    def test_sold_out_meanwhile_is_no_failure(self, open_shop: Any, make_person: Any) -> None:
        open_shop.answers["POST /api/orders"] = (409, {"error": "out of stock", "sku": "AA-1-0"})
        self.visit(make_person())
        assert open_shop.failures == []
        assert open_shop.paths()[-1] == "POST /api/orders"

    def test_a_declined_payment_is_no_failure(self, open_shop: Any, make_person: Any) -> None:
        open_shop.answers["POST /api/orders"] = (402, {"error": "payment declined"})
        person = make_person()
        self.visit(person)
        assert open_shop.failures == []
        assert person.ledger.figures()["refused"] == 1

    def accept(self, open_shop: Any, bodies: Any, *progress: dict[str, Any]) -> None:
        """The order is accepted for later; then the place to look says these, one by one."""
        place, said = open_shop.answers["POST /api/orders"], iter(progress)

        def pending(ask: Ask) -> Any:
            place(ask)
            return bodies.pending("S1")

        def look(_: Ask) -> dict[str, Any]:
            found = {"id": "S1", "status": "PENDING"} | next(said)
            return found | ({"order": self.order} if found["status"] == "DONE" else {})

        open_shop.answers["POST /api/orders"] = pending
        open_shop.answers["GET /api/order-requests/S1"] = look

    def test_an_accepted_order_is_looked_for_until_it_is_finished(
        self, open_shop: Any, make_person: Any, bodies: Any
    ) -> None:
        self.accept(open_shop, bodies, {}, {}, {"status": "DONE"})
        person = make_person()
        self.visit(person)
        assert open_shop.failures == []
        assert open_shop.paths().count("GET /api/order-requests/S1") == 3
        assert f"GET /api/orders/{ORDER_NO}" in open_shop.paths()
        figures = person.ledger.figures()
        assert (figures["pending"], figures["finished"], figures["waiting"]) == (1, 1, 0)

    def test_an_accepted_order_may_be_refused_at_last(
        self, open_shop: Any, make_person: Any, bodies: Any
    ) -> None:
        reason = {"error": "out of stock", "sku": "AA-1-0"}
        self.accept(open_shop, bodies, {"status": "REFUSED", "reason": reason})
        person = make_person()
        self.visit(person)
        assert open_shop.failures == []
        assert person.ledger.figures()["refused"] == 1

    def test_an_accepted_order_that_stays_pending_is_a_failure(
        self, open_shop: Any, make_person: Any, bodies: Any
    ) -> None:
        self.accept(open_shop, bodies, *({} for _ in range(100)))
        person = make_person()
        seconds = itertools.count(0, 50)
        person.clock = lambda: float(next(seconds))
        with pytest.raises(VisitEnds):
            self.visit(person)
        assert open_shop.failures == ["/api/order-requests/S1 is still pending"]
        assert person.ledger.figures()["waiting"] == 1

    def test_an_order_lost_from_the_history(self, open_shop: Any, make_person: Any) -> None:
        open_shop.answers["GET /api/orders"] = {"orders": []}
        with pytest.raises(VisitEnds):
            self.visit(make_person())
        assert ORDER_NO in open_shop.failures[0]

    def test_who_was_answered_by_the_new_side_is_known_to_it(
        self, open_shop: Any, make_person: Any, bodies: Any
    ) -> None:
        open_shop.answers["GET /api/orders"] = lambda _: bodies.by_new({"orders": self.orders})
        person = make_person()
        self.visit(person)
        known = [ask.known for ask in open_shop.asked]
        first = open_shop.paths().index("GET /api/orders")
        assert not any(known[: first + 1])
        assert all(known[first + 1 :])
