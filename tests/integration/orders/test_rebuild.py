"""Orders and stock are rebuilt while customers order on both sides, and nothing is lost."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest

from chassis.events import bus
from contracts.subjects import LEGACY_STREAM, TRIMMED
from tests.rigs.processes.warm import WARM, Forked
from tests.rigs.shop.sides import feed_stopped

pytestmark = pytest.mark.integration

CARD = {"pay_method": "card", "lines": [{"sku": "MUG-0", "qty": 1}]}
PAUSE_SECONDS = 0.1  # of writers and readers meanwhile: the processes share two cores
FRESH = "SELECT count(*) FROM pg_tables WHERE schemaname IN ('fresh', 'former')"
READERS = "SELECT name FROM reader_position"


@pytest.fixture
def said(tmp_path: Path) -> Callable[[str], Path]:
    """What the last rebuilding of a service says."""
    return lambda name: tmp_path / f"{name}.log"


@pytest.fixture
def begin(shop: Any, nats: Any, said: Callable[[str], Path]) -> Callable[[str], Forked]:
    """Starts rebuilding a service."""

    def start(name: str) -> Forked:
        prefix = name.upper()
        settings = {f"{prefix}_DATABASE_URL": shop.databases[name], f"{prefix}_NATS_URL": nats.url}
        with said(name).open("w") as log:
            module = f"new_services.{name}.rebuild"
            return WARM.start(module, env=os.environ | settings, stderr=log.fileno())

    return start


@pytest.fixture
def rebuild(begin: Any, shop: Any, said: Callable[[str], Path]) -> Callable[[str], str]:
    """Rebuilds it; gives what was said at the end."""

    def run(name: str) -> str:
        assert begin(name).wait(100) == 0, said(name).read_text()
        assert shop.value(name, FRESH) == 0
        assert shop.query(name, READERS) == [("legacy feed",)]
        return said(name).read_text()

    return run


@contextmanager
def together(*calls: Callable[[], None]) -> Iterator[None]:
    """These are made meanwhile, over and over. Raises what one of them raised."""
    stop = threading.Event()

    def repeat(call: Callable[[], None]) -> None:
        while not stop.wait(PAUSE_SECONDS):
            call()

    with ThreadPoolExecutor() as threads:
        started = [threads.submit(repeat, call) for call in calls]
        try:
            yield
        finally:
            stop.set()
    for each in started:
        each.result()


@contextmanager
def not_let_in(url: str) -> Iterator[None]:
    """A reader stands where it would exchange the tables."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT FROM reader_position")
        yield


def place(shop: Any, side: str = "new", **more: Any) -> str:
    """Gives its number."""
    return str(shop.place(side, CARD, **more)["order_no"])


def alike(shop: Any) -> None:
    """Each order reads here as it does there."""
    path = "/api/orders?per_page=100"

    def same() -> bool:
        here = shop.ask("new", "GET", path).json()
        there = shop.ask("legacy", "GET", path).json()
        for order in there["orders"]:
            order["po_number"] = (order["po_number"] or "").split("~")[0].strip() or None
        for order in here["orders"]:
            order["po_number"] = order["po_number"] or None
        return bool(here == there)

    shop.until("both sides read alike", same)


def test_damage_is_mended_and_the_service_goes_on(shop: Any, rebuild: Any, later: Any) -> None:
    order_no = place(shop)
    place(shop, "legacy")
    shop.settled()
    shop.query("orders", 'UPDATE order_document SET body = \'{"order_no": "wrong"}\', own_at = 0')
    shop.query("orders", 'UPDATE mirror SET fields = fields || \'{"name": "wrong"}\'')
    shop.query("inventory", "UPDATE level SET quantity = 3 WHERE sku = 'MUG-0'")
    shop.query("inventory", "DELETE FROM movement WHERE origin LIKE 'legacy:%'")
    assert shop.ask("new", "GET", f"/api/orders/{order_no}").json() == {"order_no": "wrong"}
    assert "the orders are made anew up to message" in rebuild("orders")
    assert "the stock is made anew up to message" in rebuild("inventory")
    alike(shop)
    shop.balance()
    later()
    shop.ask("new", "POST", f"/api/orders/{order_no}/cancel").raise_for_status()
    place(shop, "legacy")
    alike(shop)
    shop.balance()


def test_what_the_feed_has_not_published_can_be_read_all_the_while(shop: Any, rebuild: Any) -> None:
    shop.settled()
    before = shop.ask("new", "GET", "/api/orders").json()["total"]
    unread: list[Any] = []
    placed: list[str] = []

    def write() -> None:
        placed.append(place(shop))
        for order_no in placed[-3:]:
            answer = shop.ask("new", "GET", f"/api/orders/{order_no}")
            if answer.status_code != 200 or answer.json()["order_no"] != order_no:
                unread.append((order_no, answer.status_code))

    with feed_stopped(shop):
        placed.append(place(shop))
        cancelled = placed[0]
        shop.ask("new", "POST", f"/api/orders/{cancelled}/cancel").raise_for_status()
        ahead = "SELECT coalesce(sum(ahead), 0) FROM level WHERE sku = 'MUG-0'"
        with together(write):
            rebuild("orders")
            rebuild("inventory")
        assert unread == []
        assert len(placed) > 2, "orders were placed during the rebuilds"
        assert shop.ask("new", "GET", "/api/orders").json()["total"] == before + len(placed)
        shown = shop.ask("new", "GET", f"/api/orders/{cancelled}").json()
        assert shown["status"] == "CANCELLED"
        shop.until("sagas ended", lambda: not shop._open())
        assert shop.value("inventory", ahead) == -(len(placed) - 1)
    alike(shop)
    shop.balance()


def test_both_sides_write_while_it_is_rebuilt(shop: Any, rebuild: Any) -> None:
    wrong: list[Any] = []
    for email in ("anna@example.com", "ben@example.com"):
        shop.login(email)

    def customer(side: str, email: str) -> Callable[[], None]:
        def order() -> None:
            path = f"/api/orders/{place(shop, side, email=email)}/cancel"
            answer = shop.ask("legacy", "POST", path, email=email)
            if answer.status_code != 200:
                wrong.append(answer.text)

        return order

    def read() -> None:
        answer = httpx2.get(f"{shop.processes['inventory'].url}/api/stock/MUG-0", timeout=15)
        if answer.status_code != 200:
            wrong.append(answer.text)

    with together(customer("new", "anna@example.com"), customer("legacy", "ben@example.com"), read):
        for name in ("orders", "inventory"):
            rebuild(name)
    assert wrong == []
    alike(shop)
    shop.balance()
    undone = "SELECT count(*) FROM saga WHERE phase = 'undone'"
    assert shop.value("orders", undone) == 0


def test_killed_it_changes_nothing_and_the_next_one_clears_up(
    shop: Any, begin: Any, rebuild: Any
) -> None:
    order_no = place(shop)
    shop.settled()
    with feed_stopped(shop):
        waiting = place(shop)
        for name in ("orders", "inventory"):
            with not_let_in(shop.databases[name]):
                process = begin(name)
                shop.until("fresh tables", lambda name=name: shop.value(name, FRESH) > 3)
                process.kill()
                process.wait(10)
            assert shop.value(name, FRESH) > 3
        for each in (order_no, waiting):
            assert shop.ask("new", "GET", f"/api/orders/{each}").json()["order_no"] == each
        for name in ("orders", "inventory"):
            rebuild(name)
        assert shop.ask("new", "GET", f"/api/orders/{waiting}").json()["order_no"] == waiting
    alike(shop)
    shop.balance()


async def test_what_the_stream_no_longer_holds_is_read_again(
    shop: Any, nats: Any, begin: Any, said: Callable[[str], Path]
) -> None:
    order_no = place(shop)
    place(shop, "legacy")
    shop.settled()
    connection = await bus.connect(nats.url, "test")
    stream = connection.jetstream()
    info = await stream.stream_info(LEGACY_STREAM)
    reached = min(
        shop.value(name, "SELECT sequence FROM reader_position") for name in ("orders", "inventory")
    )
    info.config.metadata = {**(info.config.metadata or {}), TRIMMED: str(reached)}
    await stream.update_stream(info.config)  # as the feed cuts it
    await stream.purge_stream(LEGACY_STREAM, seq=reached + 1)
    await connection.close()
    shop.query("orders", 'UPDATE order_document SET body = \'{"order_no": "wrong"}\', own_at = 0')
    for name in ("orders", "inventory"):
        assert begin(name).wait(100) == 0, said(name).read_text()
        assert "too far behind" in said(name).read_text()
    assert shop.ask("new", "GET", f"/api/orders/{order_no}").json()["order_no"] == order_no
    alike(shop)
    shop.balance()
