"""The seed on a real server: consistent, once only, and the counters go on behind it."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from legacy_monolith.seed.__main__ import main

pytestmark = pytest.mark.integration


def test_ledger_agrees_with_the_shelves(rows: Callable[..., list[tuple[Any, ...]]]) -> None:
    wrong = """
        SELECT sku FROM stock WHERE qty IS DISTINCT FROM
            (SELECT sum(qty_change) FROM stock_movement m WHERE m.sku = stock.sku)
    """
    assert rows(wrong) == []
    assert rows("SELECT count(*) FROM stock") == rows("SELECT count(*) FROM variant")


def test_every_sale_is_in_the_ledger(rows: Callable[..., list[tuple[Any, ...]]]) -> None:
    wrong = """
        SELECT order_no, sku FROM orders o JOIN order_line l ON l.order_id = o.id
        WHERE NOT EXISTS (SELECT FROM stock_movement m WHERE m.order_no = o.order_no
            AND m.sku = l.sku AND m.reason = 'SALE' AND m.qty_change = -l.qty)
    """
    assert rows(wrong) == []


def test_counters_go_on_behind_the_seed(rows: Callable[..., list[tuple[Any, ...]]]) -> None:
    assert rows("SELECT nextval('order_no_seq')") == [(5001,)]
    for table in ("category", "product", "customer", "orders", "order_line", "payment"):
        assert rows(f"SELECT count(*) > 0 FROM {table}") == [(True,)]
    for table in ("product", "variant", "customer", "orders", "order_line", "payment"):
        free = f"SELECT nextval('{table}_id_seq') > (SELECT max(id) FROM {table})"
        assert rows(free) == [(True,)], table


def test_second_run_does_nothing(shop_url: str, rows: Callable[..., list[tuple[Any, ...]]]) -> None:
    before = rows("SELECT count(*), max(xmin::text) FROM product")
    result = CliRunner().invoke(main, ["--url", shop_url])
    assert result.exit_code == 0
    assert "nothing to do" in result.output
    assert rows("SELECT count(*), max(xmin::text) FROM product") == before


def test_scale_gives_a_larger_shop(legacy_database: str) -> None:
    result = CliRunner().invoke(main, ["--url", legacy_database, "--scale", "2"])
    assert result.exit_code == 0, result.output
    assert "4000 products" in result.output
    assert "10000 orders" in result.output


def test_without_schema_it_says_so(database: str) -> None:
    result = CliRunner().invoke(main, ["--url", database])
    assert result.exit_code == 1
    assert 'relation "product" does not exist' in result.output
