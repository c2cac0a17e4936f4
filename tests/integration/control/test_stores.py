"""One suite for both places where evidence can be kept."""

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from facade.control.evidence_store.postgres import PostgresStore
from facade.control.evidence_store.sqlite import HISTORY, Batch, SqliteStore, Store, StoreAway

pytestmark = pytest.mark.integration

Open = Callable[[], Store]


@pytest.fixture(params=["sqlite", "postgres"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens the same store again and again; each test has one of its own."""
    if request.param == "sqlite":
        return lambda: SqliteStore(tmp_path / "evidence.sqlite")
    server = request.getfixturevalue("postgres_server")
    name = f"evidence_{uuid4().hex[:8]}"
    with psycopg.connect(server.url(), autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
    return lambda: PostgresStore(server.url(name))


def test_everything_comes_back(opened: Open) -> None:
    batch = Batch(
        evidence=[("a", b"\x00one"), ("b", b"two")],
        closed=[("a", 1.5, b"old"), ("a", 2.5, b"older?")],
        workers=[("us", "0 7 1.5", 3.25, b"{}"), ("them", "0 8 1.5", 3.0, b"{}")],
        noise=[("a", b"noise")],
    )
    opened().write(batch)
    again = opened()
    assert sorted(again.evidence()) == [b"\x00one", b"two"]
    assert again.history("a") == [b"older?", b"old"]
    assert again.history("b") == []
    assert again.noise() == [("a", b"noise")]
    assert again.workers("us") == [("0 7 1.5", 3.25, b"{}")]
    assert opened().workers("them") == [], "another facade's workers are dropped"


def test_the_latest_word_counts(opened: Open) -> None:
    store = opened()
    for content in (b"1", b"2"):
        one = [("a", content)]
        workers, closed = [("us", "w", 1.0, content)], [("a", 1.0, content)]
        store.write(Batch(evidence=one, noise=one, workers=workers, closed=closed))
    assert (store.evidence(), store.noise(), store.history("a")) == ([b"2"], [("a", b"2")], [b"2"])
    assert store.workers("us") == [("w", 1.0, b"2")]


def test_history_is_bounded_by_route(opened: Open) -> None:
    store = opened()
    for number in range(HISTORY + 5):
        store.write(Batch(closed=[("r", float(number), b"%d" % number), ("s", 0.0, b"s")]))
    kept = store.history("r")
    assert (len(kept), kept[0]) == (HISTORY, b"%d" % (HISTORY + 4))
    assert store.history("s") == [b"s"]


def test_all_or_nothing(opened: Open) -> None:
    store = opened()
    bad: Any = [("us", "w", "not a time" * 2, b"x"), ("us", "w")]
    with pytest.raises((StoreAway, sqlite3.Error)):
        store.write(Batch(evidence=[("a", b"1")], workers=bad))
    assert store.evidence() == []


def test_any_thread_may_write(opened: Open) -> None:
    store = opened()
    threads = [
        threading.Thread(target=lambda n=n: store.write(Batch(evidence=[(f"r{n}", b"x")])))
        for n in range(6)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(store.evidence()) == 6


def test_postgres_that_is_away(free_port: Callable[[], int]) -> None:
    with pytest.raises(StoreAway):
        PostgresStore(f"postgresql://u:p4ss@127.0.0.1:{free_port()}/x")


def test_the_control_process_keeps_its_evidence_there(
    control: Any, legacy: Any, worker: Any, wait: Callable[..., Any], postgres_server: Any
) -> None:
    name = f"evidence_{uuid4().hex[:8]}"
    with psycopg.connect(postgres_server.url(), autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
    control.kill(15)
    control.environment["FACADE_EVIDENCE_URL"] = postgres_server.url(name)
    control.start()
    store = PostgresStore(postgres_server.url(name))
    one = worker()
    one.pair({"a": 1}, {"a": 1})
    one.counters()
    wait("written", lambda: any(b'"matched":1' in content for content in store.evidence()))
    control.kill(9)
    control.start()
    assert control.route()["matched"] == 1
