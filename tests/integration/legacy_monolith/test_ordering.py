"""Many at once, on a real server: nothing is sold twice, nobody waits in a circle."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from legacy_monolith.models import Customer, Order
from legacy_monolith.shop.ordering import (
    NotCancellable,
    OrderRequest,
    OutOfStock,
    UnknownSku,
    adjust,
    cancel,
    place,
)

pytestmark = pytest.mark.integration
Rows = Callable[..., list[tuple[Any, ...]]]
NOW = datetime.fromisoformat("2026-07-14T15:09:26")
THREADS = 12

LEDGER_DIFFERS = """
    SELECT sku FROM stock WHERE qty IS DISTINCT FROM
        (SELECT sum(qty_change) FROM stock_movement m WHERE m.sku = stock.sku)
"""


@pytest.fixture
def engine(shop_url: str) -> Any:
    url = shop_url.replace("postgresql://", "postgresql+psycopg://")
    made = create_engine(url, pool_size=THREADS)
    yield made
    made.dispose()


@pytest.fixture
def scarce(engine: Engine, rows: Rows) -> list[str]:
    """Three variants with thirty pieces each, ledger included."""
    found = rows("""
        SELECT v.sku FROM variant v JOIN product p ON p.id = v.product_id
        WHERE v.active = 'Y' AND p.active = 'Y' ORDER BY v.id LIMIT 3
    """)
    for (sku,) in found:
        with Session(engine) as session:
            adjust(session, sku, 30, NOW)
    return [sku for (sku,) in found]


def together(work: Callable[[int], Any], times: int) -> list[Any]:
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, range(times)))


def buy(engine: Engine, number: int, lines: dict[str, int]) -> str | None:
    """Order number, or None when it is sold out."""
    with Session(engine) as session:
        customer = session.get(Customer, number % 500 + 1)
        assert customer is not None
        try:
            return place(session, customer, OrderRequest(lines), NOW).order_no
        except OutOfStock:
            return None


def test_last_pieces_are_sold_once(engine: Engine, scarce: list[str], rows: Rows) -> None:
    sold = together(lambda number: buy(engine, number, {scarce[0]: 1}), 60)
    assert sum(number is not None for number in sold) == 30
    assert rows("SELECT qty FROM stock WHERE sku = %s", scarce[0]) == [(0,)]
    assert rows(LEDGER_DIFFERS) == []


def test_orders_over_several_articles_never_deadlock(
    engine: Engine, scarce: list[str], rows: Rows
) -> None:
    def work(number: int) -> str | None:
        dice = random.Random(number)
        wanted = dice.sample(scarce, 3)  # in any order
        return buy(engine, number, {sku: dice.randint(1, 2) for sku in wanted})

    numbers = [number for number in together(work, 60) if number]
    pieces = "SELECT sku, sum(qty) FROM order_line l JOIN orders o ON o.id = l.order_id"
    sold = dict(rows(pieces + " WHERE o.order_no = ANY(%s) GROUP BY sku", numbers))
    left = dict(rows("SELECT sku, qty FROM stock WHERE sku = ANY(%s)", scarce))
    assert len(set(numbers)) == len(numbers) >= 15
    assert {sku: 30 - pieces for sku, pieces in sold.items()} == left
    assert min(left.values()) < 3, "the last orders did not compete for anything"
    assert rows(LEDGER_DIFFERS) == []


def test_two_clicks_cancel_once(engine: Engine, scarce: list[str], rows: Rows) -> None:
    number = buy(engine, 7, dict.fromkeys(scarce, 5))

    def click(_: int) -> bool:
        with Session(engine) as session:
            order = session.scalars(select(Order).where(Order.order_no == number)).one()
            try:
                cancel(session, order, NOW)
                return True
            except NotCancellable:
                return False

    assert sum(together(click, THREADS)) == 1
    assert rows("SELECT DISTINCT qty FROM stock WHERE sku = ANY(%s)", scarce) == [(30,)]
    assert rows(LEDGER_DIFFERS) == []


def test_counting_the_shelf_while_people_buy(engine: Engine, scarce: list[str], rows: Rows) -> None:
    def work(number: int) -> object:
        if number % 6:
            return buy(engine, number, {scarce[0]: 1})
        with Session(engine) as session:
            return adjust(session, scarce[0], 20, NOW)

    together(work, 48)
    assert rows(LEDGER_DIFFERS) == []
    assert rows("SELECT qty >= 0 FROM stock WHERE sku = %s", scarce[0]) == [(True,)]


def test_same_count_moves_nothing(engine: Engine, scarce: list[str], rows: Rows) -> None:
    before = rows("SELECT count(*) FROM stock_movement")
    with Session(engine) as session:
        assert adjust(session, scarce[0], 30, NOW) == 0
        with pytest.raises(UnknownSku):
            adjust(session, "NIX", 1, NOW)
    assert rows("SELECT count(*) FROM stock_movement") == before
