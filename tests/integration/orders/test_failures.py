"""Whatever dies or falls silent while orders are placed: each ends on both sides, or on none."""

import asyncio
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import asyncpg
import httpx2
import psycopg
import pytest

from new_services.orders import views

pytestmark = pytest.mark.integration

ORDER = {"lines": [{"sku": "MUG-0", "qty": 1}], "pay_method": "card"}


def _place(shop: Any, key: str, seconds: float = 60.0) -> dict[str, Any]:
    """As a patient customer does it: the same key until there is an answer."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            answer = shop.ask("new", "POST", "/api/orders", ORDER, headers={"Idempotency-Key": key})
        except httpx2.HTTPError:
            time.sleep(0.1)
            continue
        if answer.status_code == 201:
            return dict(answer.json())
        assert answer.status_code in (202, 503), answer.text
        time.sleep(0.1)
    raise AssertionError(f"{key}: no order within {seconds} s")


def _orders(shop: Any) -> int:
    return int(shop.value("legacy", "SELECT count(*) FROM orders"))


def _place_many(shop: Any, name: str, count: int, trouble: Any) -> None:
    """Orders by four customers at once while `trouble` happens; each must exist once."""
    before = _orders(shop)
    shop.login("anna@example.com")
    troubled = threading.Thread(target=trouble)
    with ThreadPoolExecutor(4) as pool:
        placing = [pool.submit(_place, shop, f"{name}-{n}") for n in range(count)]
        troubled.start()
        numbers = {future.result()["order_no"] for future in placing}
    troubled.join()
    assert len(numbers) == count
    shop.balance()
    assert _orders(shop) == before + count


def test_services_are_killed_while_orders_are_placed(shop: Any) -> None:
    chance = random.Random(5)

    def trouble() -> None:
        for name in ("orders", "payments", "inventory", "orders", "feed"):
            time.sleep(0.3 + chance.random())
            shop.processes[name].kill()
            shop.processes[name].start()
        for process in shop.processes.values():
            process.wait_until_ready()

    _place_many(shop, "killed", 40, trouble)


def test_the_monolith_is_killed_while_orders_are_placed(shop: Any) -> None:
    def trouble() -> None:
        for _ in range(2):
            time.sleep(0.5)
            shop.legacy.kill()
            shop.legacy.start()

    _place_many(shop, "legacy", 25, trouble)


def test_the_payment_provider_falls_silent(shop: Any) -> None:
    behaviour = {"away": 0.1, "lost": 0.1, "silent": 0.2}
    url = f"{shop.processes['payments'].url}/simulator"
    httpx2.put(url, json=behaviour).raise_for_status()
    _place_many(shop, "provider", 25, lambda: None)
    httpx2.put(url, json={}).raise_for_status()
    doubts = (
        "SELECT count(*) FROM saga_story WHERE step IN ('authorise', 'collect')"
        " AND what IN ('unknown', 'absent')"
    )
    assert shop.value("orders", doubts) > 0


def test_what_waited_in_vain_for_a_stopped_monolith_is_not_carried_out_later(shop: Any) -> None:
    before = _orders(shop)
    shop.login("anna@example.com")
    shop.legacy.signal(signal.SIGSTOP)
    try:
        accepted = shop.ask("new", "POST", "/api/orders", ORDER)
        assert accepted.status_code == 202
        written = (
            "SELECT count(*) FROM saga_story WHERE saga_id = %s AND step = 'write'"
            " AND what = 'absent'"
        )
        saga_id = accepted.json()["id"]
        shop.until("given up once", lambda: shop.value("orders", written, saga_id) > 0)
    finally:
        shop.legacy.signal(signal.SIGCONT)
    place = accepted.headers["location"]
    shop.until("placed", lambda: shop.ask("new", "GET", place).json()["status"] == "DONE")
    shop.balance()
    assert _orders(shop) == before + 1


def test_while_legacy_is_dead_orders_are_accepted_and_reads_say_their_age(shop: Any) -> None:
    def breakers() -> dict[str, Any]:
        url = f"{shop.processes['orders'].url}/readyz"
        return dict(httpx2.get(url, timeout=5).json()["breakers"])

    shop.login("anna@example.com")
    assert "age" not in shop.ask("new", "GET", "/api/orders").headers
    before = _orders(shop)
    shop.legacy.kill()
    with ThreadPoolExecutor(4) as pool:
        asked = pool.map(lambda _: shop.ask("new", "POST", "/api/orders", ORDER), range(8))
        accepted = [answer.headers["location"] for answer in asked]
    shop.until("open", lambda: breakers()["write"]["state"] in ("open", "half-open"))
    assert "calls failed" in breakers()["write"]["why"] or "probe" in breakers()["write"]["why"]
    history = shop.ask("new", "GET", "/api/orders")
    assert history.status_code == 200
    assert int(history.headers["age"]) >= 0
    metrics = httpx2.get(f"{shop.processes['orders'].url}/metrics", timeout=5).text
    assert 'legacy_breaker_state_seconds{kind="write"}' in metrics
    assert 'legacy_breaker_opened_by{cause="' in metrics

    shop.legacy.start()
    for place in accepted:
        shop.until("placed", lambda at=place: shop.ask("new", "GET", at).json()["status"] == "DONE")
    # Also when nobody calls legacy any more, so that no breaker hears that it is well.
    shop.until("dated no more", lambda: "age" not in shop.ask("new", "GET", "/api/orders").headers)
    shop.balance()
    assert _orders(shop) == before + len(accepted)


async def _age(database: str, saga_id: str) -> float:
    async with asyncpg.create_pool(database, min_size=1, max_size=1) as pool:
        return await views.age_of_saga(pool, saga_id)


def test_a_pending_order_that_comes_to_nothing_is_undone_and_published(shop: Any) -> None:
    shop.login("anna@example.com")
    shop.legacy.kill()
    wanted = {"lines": [{"sku": "TENT-1", "qty": 3}]}
    accepted = shop.ask("new", "POST", "/api/orders", wanted)
    assert accepted.status_code == 202
    # The answer came at once, so the age of its saga must not hide that somebody was promised it.
    assert asyncio.run(_age(shop.databases["orders"], accepted.json()["id"])) > 3600
    shop.query("legacy", "UPDATE stock SET qty = 2 WHERE sku = 'TENT-1'")  # counted in the store
    shop.query(
        "legacy",
        "INSERT INTO stock_movement (sku, qty_change, reason) VALUES ('TENT-1', -1, 'ADJUST')",
    )
    shop.legacy.start()

    place = accepted.headers["location"]
    shop.until("refused", lambda: shop.ask("new", "GET", place).json()["status"] == "REFUSED")
    reason = shop.ask("new", "GET", place).json()["reason"]
    assert reason == {"error": "out of stock", "sku": "TENT-1", "available": 2}
    published = "SELECT count(*) FROM outbox WHERE subject = 'events.orders.order-refused'"
    shop.until("the customer hears of it", lambda: shop.value("orders", published) == 1)
    shop.balance()


def test_a_pending_cancellation_that_is_refused_is_published(shop: Any) -> None:
    shop.login("anna@example.com")
    placed = shop.ask("legacy", "POST", "/api/orders", {"lines": [{"sku": "TENT-1", "qty": 1}]})
    order_no = placed.json()["order_no"]
    shop.legacy.kill()
    accepted = shop.ask("new", "POST", f"/api/orders/{order_no}/cancel")
    assert accepted.status_code == 202
    shop.query("legacy", f"UPDATE orders SET status = 'SHIPPED' WHERE order_no = '{order_no}'")
    shop.legacy.start()

    place = accepted.headers["location"]
    shop.until("refused", lambda: shop.ask("new", "GET", place).json()["status"] == "REFUSED")
    published = "SELECT count(*) FROM outbox WHERE subject = 'events.orders.cancellation-refused'"
    shop.until("the customer hears of it", lambda: shop.value("orders", published) == 1)
    shop.balance()


@pytest.mark.parametrize("forgotten", [False, True])
def test_an_order_cancelled_before_its_money_was_taken_costs_nothing(
    shop: Any, forgotten: bool
) -> None:
    """Nobody waits until the provider takes what is then only to be given back."""
    simulator = f"{shop.processes['payments'].url}/simulator"
    httpx2.put(simulator, json={"next": ["ok"], "away": 1.0}).raise_for_status()
    try:
        accepted = shop.ask("new", "POST", "/api/orders", ORDER)
        assert accepted.status_code == 202, accepted.text
        place = accepted.headers["location"]
        shop.until("written", lambda: "order_no" in shop.ask("new", "GET", place).json())
        order_no = shop.ask("new", "GET", place).json()["order_no"]
        if forgotten:
            shop.forget(settled=False)
        shop.ask("legacy", "POST", f"/api/orders/{order_no}/cancel").raise_for_status()
        shop.until("placed", lambda: shop.ask("new", "GET", place).json()["status"] == "DONE")
        if forgotten:
            shop.forget(settled=False)
    finally:
        httpx2.put(simulator, json={}).raise_for_status()
    saga_id = accepted.json()["id"]
    status = "SELECT status FROM payment WHERE id = %s"
    shop.until("void", lambda: shop.value("payments", status, saga_id) == "voided")
    shop.balance()


def test_an_order_that_is_not_stored_is_not_called_accepted(shop: Any) -> None:
    waiting = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND query LIKE '%INSERT INTO saga %'"
    )
    before = _orders(shop)
    shop.login("anna@example.com")
    with psycopg.connect(shop.databases["orders"]) as holder, ThreadPoolExecutor(1) as pool:
        holder.execute("LOCK TABLE saga IN SHARE MODE")
        asked = pool.submit(shop.ask, "new", "POST", "/api/orders", ORDER)
        with pytest.raises(TimeoutError):
            asked.result(timeout=2.5)  # longer than a request waits for what is stored
        shop.until("it is ended", lambda: shop.query("orders", waiting) == [(True,)])
        assert asked.result().status_code == 503
        holder.rollback()
    shop.balance()
    assert _orders(shop) == before
