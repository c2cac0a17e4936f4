"""The schema goes up, down and up again on a real server, and two runners take turns."""

import threading

import psycopg
import pytest

from migrations import runner

pytestmark = pytest.mark.integration

TABLES = {
    "category",
    "customer",
    "order_line",
    "orders",
    "payment",
    "product",
    "stock",
    "stock_movement",
    "variant",
}


def tables_of(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {row[0] for row in rows} - {"alembic_version"}


def test_up_down_and_up_again(database: str) -> None:
    runner.upgrade("legacy", database)
    assert tables_of(database) == TABLES
    runner.downgrade("legacy", database, "base")
    assert tables_of(database) == set()
    assert runner.current(database) is None
    runner.upgrade("legacy", database)
    assert tables_of(database) == TABLES
    assert runner.current(database) is not None


def test_two_runners_at_once_take_turns(database: str) -> None:
    failures: list[Exception] = []

    def run() -> None:
        try:
            runner.upgrade("legacy", database)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert tables_of(database) == TABLES
