"""Somebody holds legacy's stock table, and who wants it waits and is counted."""

import threading
from types import SimpleNamespace

import psycopg
import pytest

from loadtests.chaos.faults.lock import locked

pytestmark = pytest.mark.integration


def test_who_waits_for_the_table_is_counted_once_and_goes_on_afterwards(make_database):
    url = make_database("locked")
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("CREATE TABLE stock (sku text, qty int)")
    stack = SimpleNamespace(database=lambda *_: psycopg.connect(url, autocommit=True))
    hits: list[int] = []
    locking = threading.Thread(target=lambda: hits.append(locked(stack, 5.0)))
    locking.start()
    with psycopg.connect(url, autocommit=True) as other:
        while locking.is_alive():
            other.execute("INSERT INTO stock VALUES ('A', 1)")
            if hits:
                break
    locking.join(30)
    assert hits == [1]


def test_a_database_that_dies_ends_the_lock_and_nothing_else():
    def gone(*_):
        raise psycopg.OperationalError("the database system is starting up")

    assert locked(SimpleNamespace(database=gone), 0.3) == 0
