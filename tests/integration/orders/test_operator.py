"""A saga that is really parked, seen and carried on with `fig sagas` and `fig saga`."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest

from tests.rigs.processes.warm import WARM

pytestmark = pytest.mark.integration

PROJECT = Path(__file__).parents[3]
ORDER = {"lines": [{"sku": "MUG-0", "qty": 1}], "pay_method": "card"}


def fig(shop: Any, *words: str) -> "subprocess.CompletedProcess[str]":
    """One call of the command, against this shop's orders service."""
    return WARM.run("fig", *words, "--orders", shop.processes["orders"].url)


@contextmanager
def accepted(shop: Any) -> Iterator[str]:
    """A saga before its pivot, for as long as legacy does not answer; its id."""
    shop.login("anna@example.com")
    shop.legacy.signal(signal.SIGSTOP)
    try:
        answer = shop.ask("new", "POST", "/api/orders", ORDER)
        assert answer.status_code == 202, answer.text
        yield str(answer.json()["id"])
    finally:
        shop.legacy.signal(signal.SIGCONT)


def parked(shop: Any, saga_id: str) -> None:
    phase = "SELECT phase FROM saga WHERE id = %s"
    shop.until("parked", lambda: shop.value("orders", phase, saga_id) == "parked", 60.0)


def test_what_cannot_be_captured_waits_for_a_person_who_resumes_it(shop: Any) -> None:
    with accepted(shop) as saga_id:
        shop.query("payments", "UPDATE payment SET status = 'voided' WHERE id = %s", saga_id)
    parked(shop, saga_id)

    stuck = fig(shop, "sagas", "--stuck")
    assert stuck.returncode == 1
    assert saga_id in stuck.stdout and "after the pivot" in stuck.stdout
    printed = fig(shop, "saga", saga_id)
    assert printed.returncode == 1
    assert "▸ [collect] ▸" in printed.stdout
    assert "cannot capture: the payment is voided" in printed.stdout
    no_way = fig(shop, "saga", saga_id, "compensate")
    assert (no_way.returncode, "no way to undo write" in no_way.stderr) == (1, True)

    shop.query("payments", "UPDATE payment SET status = 'authorised' WHERE id = %s", saga_id)
    again = fig(shop, "saga", saga_id, "resume")
    assert again.returncode == 0, again.stderr
    assert "a person said resume" in again.stdout
    shop.balance()
    done = fig(shop, "saga", saga_id)
    assert done.stdout.startswith(f"place-order {saga_id}: done\n")
    assert fig(shop, "sagas", "--stuck").returncode == 0


@pytest.fixture
def dearer(shop: Any) -> Iterator[str]:
    """A saga whose order is twice as dear as what was authorised: its price rose in between."""
    price = "UPDATE product SET price = %s WHERE sku = 'MUG'"
    was = shop.value("legacy", "SELECT price FROM product WHERE sku = 'MUG'")
    quoted = "SELECT fields->>'list_price' FROM mirror WHERE entity = 'product' AND key = '2'"
    shop.until("the old price", lambda: float(shop.value("orders", quoted)) == float(was))
    with accepted(shop) as saga_id:
        shop.query("legacy", price, f"{2 * float(was):.2f}")
    try:
        parked(shop, saga_id)
        yield saga_id
    finally:
        shop.query("legacy", price, was)
    shop.balance()


def test_a_much_dearer_order_is_paid_once_a_person_approves(shop: Any, dearer: str) -> None:
    printed = fig(shop, "saga", dearer)
    assert printed.returncode == 1
    assert "more than may be taken, 19.80 of 9.90 authorised" in printed.stdout
    resumed = fig(shop, "saga", dearer, "resume")
    assert resumed.returncode == 0, resumed.stderr
    phase = "SELECT phase FROM saga WHERE id = %s"
    shop.until("ended", lambda: shop.value("orders", phase, dearer) in ("done", "parked"))
    paid = "SELECT status, amount::text FROM payment WHERE id = %s"
    assert shop.query("payments", paid, dearer) == [("captured", "19.80")]


def test_a_much_dearer_order_that_is_cancelled_is_not_paid(shop: Any, dearer: str) -> None:
    number = "SELECT order_no FROM orders WHERE po_number LIKE %s"
    order_no = shop.value("legacy", number, f"%~{dearer}")
    cancelled = shop.ask("new", "POST", f"/api/orders/{order_no}/cancel")
    assert cancelled.status_code in (200, 202), cancelled.text
    shop.settled()
    resumed = fig(shop, "saga", dearer, "resume")
    assert resumed.returncode == 0, resumed.stderr
    assert shop.value("payments", "SELECT status FROM payment WHERE id = %s", dearer) == "voided"


def test_what_cannot_be_undone_waits_for_a_person_who_undoes_it(shop: Any) -> None:
    """Legacy refuses, and the inventory will not let go of what it takes for sold."""
    left = shop.value("legacy", "SELECT qty FROM stock WHERE sku = 'MUG-0'")
    with accepted(shop) as saga_id:
        shop.query("legacy", "UPDATE variant SET active = 'N' WHERE sku = 'MUG-0'")
        shop.query("inventory", "UPDATE claim SET status = 'sold' WHERE saga_id = %s", saga_id)
    try:
        parked(shop, saga_id)
    finally:
        shop.query("legacy", "UPDATE variant SET active = 'Y' WHERE sku = 'MUG-0'")

    printed = fig(shop, "saga", saga_id)
    assert printed.returncode == 1
    assert "undoing reserve: 409: the reservation was sold before" in printed.stdout

    shop.query("inventory", "UPDATE claim SET status = 'held' WHERE saga_id = %s", saga_id)
    undone = fig(shop, "saga", saga_id, "compensate")
    assert undone.returncode == 0, undone.stderr
    assert "a person said compensate" in undone.stdout
    shop.balance()
    assert fig(shop, "saga", saga_id).stdout.startswith(f"place-order {saga_id}: undone\n")
    assert shop.value("legacy", "SELECT qty FROM stock WHERE sku = 'MUG-0'") == left
    again = fig(shop, "saga", saga_id, "resume")
    assert (again.returncode, "not parked" in again.stderr) == (1, True)


def test_a_saga_nobody_knows(shop: Any) -> None:
    unknown = fig(shop, "saga", "0000000000000000", "resume")
    assert unknown.returncode == 2
    assert "there is no saga 0000000000000000" in unknown.stderr


def test_a_service_that_is_told_to_stop_gives_its_sagas_to_the_next_one(shop: Any) -> None:
    """It is given a few seconds; each of the provider's two answers takes nearly four."""
    shop.login("anna@example.com")
    simulator = f"{shop.processes['payments'].url}/simulator"
    shop.settled()
    httpx2.put(simulator, json={"delay": 3.5}).raise_for_status()
    try:
        answer = shop.ask("new", "POST", "/api/orders", ORDER)
        assert answer.status_code == 202, answer.text
        shop.processes["orders"].stop()
        lease = "SELECT lease_until, fence FROM saga WHERE id = %s"
        until, fence = shop.query("orders", lease, answer.json()["id"])[0]
        assert until == 0.0
        assert fence > 1
        assert shop.value("orders", "SELECT phase FROM saga WHERE id = %s",
                          answer.json()["id"]) == "forward"  # fmt: skip
    finally:
        httpx2.put(simulator, json={}).raise_for_status()
        if shop.processes["orders"].process is None:
            shop.processes["orders"].start()
        shop.processes["orders"].wait_until_ready()
    shop.balance()


def test_a_person_gives_up_an_order_that_legacy_may_have_written(shop: Any) -> None:
    """Its write hangs at a lock there: nobody knows what comes of it, and it is undone all the
    same, once that is known."""
    shop.login("anna@example.com")
    shop.settled()
    left = shop.value("legacy", "SELECT qty FROM stock WHERE sku = 'MUG-0'")
    database = f"{shop.superuser.rsplit('/', 1)[0]}/{shop.owner.rsplit('/', 1)[1]}"
    with psycopg.connect(database) as holder:
        holder.execute("LOCK TABLE stock")
        accepted = shop.ask("new", "POST", "/api/orders", ORDER)
        assert accepted.status_code == 202, accepted.text
        saga_id = accepted.json()["id"]
        doubtful = "SELECT state->>'doubt' FROM saga WHERE id = %s"
        shop.until("in doubt", lambda: shop.value("orders", doubtful, saga_id) == "true", 60.0)
        refused = fig(shop, "saga", saga_id, "compensate")
        assert refused.returncode == 1, "it is parked first"
        assert fig(shop, "saga", saga_id, "park").returncode == 1
        given_up = fig(shop, "saga", saga_id, "compensate")
        assert given_up.returncode == 0, given_up.stderr
        shown = shop.ask("new", "GET", accepted.headers["location"]).json()
        # Where that took long it is certain by now that there is no order.
        assert shown["status"] == "REFUSED" or "no longer tries to" in shown["pending"]["what"]
    phase = "SELECT phase FROM saga WHERE id = %s"
    shop.until("ended", lambda: shop.value("orders", phase, saga_id) in ("done", "undone"), 90.0)
    standing = "SELECT count(*) FROM orders WHERE po_number LIKE %s AND status <> 'CANCELLED'"
    shop.until("none stands", lambda: shop.value("legacy", standing, f"%~{saga_id}") == 0)
    stock = "SELECT qty FROM stock WHERE sku = 'MUG-0'"
    shop.until("put back", lambda: shop.value("legacy", stock) == left)
    shop.balance()
