"""The owning service is killed, or frozen past its lease, at each step of a cutover: whoever owned
the goods before goes on with them, and a form that was sent meanwhile has its effect once.
"""

import contextlib
import signal
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx2
import psycopg
import pytest

from chassis.ownership.records import LEASE_SECONDS

pytestmark = pytest.mark.integration

ENTERED = "SELECT pg_advisory_xact_lock_shared(hashtext('owner of goods'), 3)"
LEASE = "SELECT lease_until < clock_timestamp() FROM domain_owner WHERE domain = 'goods'"


@contextmanager
def before_the_fence(hands: Any) -> Iterator[None]:
    """A transaction of legacy's holds the table."""
    with psycopg.connect(hands.owner) as connection:
        connection.execute("UPDATE product SET name = name WHERE sku = 'MUG'")
        yield


@contextmanager
def behind_the_fence(hands: Any) -> Iterator[None]:
    """The feed stands still, so the read model does not come to the fence."""
    feed = hands.processes["feed"].process
    feed.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        feed.send_signal(signal.SIGCONT)


@contextmanager
def before_our_own_fence(hands: Any) -> Iterator[None]:
    """A write of ours is in its transaction."""
    with psycopg.connect(hands.databases["catalog"]) as connection:
        connection.execute(ENTERED)
        yield


@contextmanager
def before_legacy_has_all(hands: Any) -> Iterator[None]:
    """The reverse feed cannot write its last row."""
    with psycopg.connect(hands.owner) as connection:
        connection.execute("SELECT FROM product WHERE sku = 'TENT' FOR UPDATE")
        assert hands.save(price="66.00").status_code == 200
        yield


STEPS = {
    "before the fence": ("new", before_the_fence, "moving"),
    "behind the fence": ("new", behind_the_fence, "fenced"),
    "before our own fence": ("legacy", before_our_own_fence, "moving"),
    "before legacy has all": ("legacy", before_legacy_has_all, "fenced"),
}


def phase(hands: Any) -> str:
    statement = "SELECT phase FROM domain_owner WHERE domain = 'goods'"
    return str(hands.query(hands.databases["catalog"], statement)[0][0])


def lease_is_over(hands: Any) -> bool:
    return bool(hands.query(hands.databases["catalog"], LEASE)[0][0])


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("how", ["killed", "frozen"])
def test_whoever_owned_the_goods_goes_on(hands: Any, step: str, how: str) -> None:
    toward, held, expected = STEPS[step]
    before = "legacy" if toward == "new" else "new"
    if hands.standing()["owner"] != before:
        hands.move(before)
    key, price = uuid.uuid4().hex, f"{uuid.uuid4().int % 900 + 10}.00"
    with ThreadPoolExecutor(1) as pool:
        with held(hands):
            assert hands.begin(toward).status_code == 202
            hands.until(expected, lambda: phase(hands) == expected)
            form = pool.submit(hands.save, key=key, price=price)
            if how == "killed":
                hands.processes["catalog"].kill()
            else:
                hands.signal(signal.SIGSTOP)
                hands.until("lease over", lambda: lease_is_over(hands), 10 * LEASE_SECONDS)
        if how == "killed":
            hands.restart_catalog()
        else:
            hands.signal(signal.SIGCONT)
        with contextlib.suppress(httpx2.HTTPError):
            assert form.result().status_code in (200, 202)
    standing = hands.settled(before)
    assert standing["words"], standing
    # the form's saga goes on, or the form is sent again under its key: it has its effect once
    hands.until("the form is in", lambda: hands.save(key=key, price=price).status_code == 200)
    hands.until("in our answers", lambda: hands.shown()["list_price"] == price)
    hands.until("on the monolith's pages", lambda: hands.product()[0] == price)
    assert standing["rogues"] == []
