"""Those of the load test's people who write by forms, at the monolith itself."""

import random
from collections.abc import Callable

import psycopg
import pytest
from flask import Flask

from loadtests.answer import Answer, Wrong
from loadtests.journeys import newcomer, staff
from loadtests.ledger import Ledger
from loadtests.shop import Shop, discover
from loadtests.visitor import Ask, Visitor

pytestmark = pytest.mark.integration


class Browser:
    """Carries a visitor's requests to the application; a wrong answer fails the test."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def exchange(self, ask: Ask, judge: Callable[[Answer], None]) -> None:
        """See `visitor.Transport`."""
        said = self.client.open(
            ask.path, method=ask.method, data=ask.body, headers=dict(ask.headers),
            follow_redirects=True,
        )  # fmt: skip
        headers = {name.lower(): value for name, value in said.headers}
        try:
            judge(Answer(said.status_code, said.data, headers, url=said.request.url))
        except Wrong as wrong:
            raise AssertionError(f"{ask.method} {ask.path}: {wrong}") from wrong


@pytest.fixture
def come(app: Flask) -> Callable[[int], Visitor]:
    """A person with a browser of their own, by a seed."""

    def fetch(path: str) -> dict[str, object]:
        found = app.test_client().get(path).get_json()
        assert isinstance(found, dict)
        return found

    shop: Shop = discover(fetch)
    ledger = Ledger(run="test")
    return lambda number: Visitor(Browser(app), shop, random.Random(number), lambda: None, ledger)


def test_newcomers(come: Callable[[int], Visitor], shop_url: str) -> None:
    """Each has an account and ordered at most once; some changed their mind."""
    for number in range(6):
        newcomer.join(come(number))
    with psycopg.connect(shop_url) as connection:
        rows = connection.execute(
            "SELECT c.email, count(o.id), string_agg(o.status, '') FROM customer c"
            " LEFT JOIN orders o ON o.customer_id = c.id"
            " WHERE c.email LIKE 'lttest-%' GROUP BY c.email"
        ).fetchall()
    assert len(rows) == 6
    assert {orders for _, orders, _ in rows} <= {0, 1}
    assert {"NEW", "CANCELLED"} <= {status for *_, status in rows}


def test_staff(come: Callable[[int], Visitor], shop_url: str) -> None:
    """Prices are other ones, and counts are in the ledger."""
    with psycopg.connect(shop_url) as connection:
        prices = "SELECT sku, price FROM product"
        adjusted = "SELECT count(*) FROM stock_movement WHERE reason = 'ADJUST'"
        before = dict(connection.execute(prices).fetchall())
        counted = connection.execute(adjusted).fetchone()
        connection.commit()
        for number in range(4):
            staff.work(come(number))
        after = dict(connection.execute(prices).fetchall())
        assert 4 <= sum(after[sku] != price for sku, price in before.items()) <= 8
        assert connection.execute(adjusted).fetchone() > counted
