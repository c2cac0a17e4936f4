"""The accounts service is killed, or frozen past its lease, at each step of a cutover: the owner of
before goes on with the accounts, and who registered meanwhile is one customer on both sides.
"""

import contextlib
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx2
import psycopg
import pytest

from chassis.ownership.records import LEASE_SECONDS

pytestmark = pytest.mark.integration

ENTERED = "SELECT pg_advisory_xact_lock_shared(hashtext('owner of accounts'), 3)"
LEASE = "SELECT lease_until < clock_timestamp() FROM domain_owner WHERE domain = 'accounts'"
PHASE = "SELECT phase FROM domain_owner WHERE domain = 'accounts'"


@contextmanager
def before_the_fence(registry: Any) -> Iterator[None]:
    """A transaction of legacy's holds the table."""
    with psycopg.connect(registry.owner) as connection:
        connection.execute("UPDATE customer SET name = name WHERE email = 'ben@example.com'")
        yield


@contextmanager
def behind_the_fence(registry: Any) -> Iterator[None]:
    """The feed stands still, so the read model does not come to the fence."""
    feed = registry.processes["feed"].process
    feed.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        feed.send_signal(signal.SIGCONT)


@contextmanager
def before_our_own_fence(registry: Any) -> Iterator[None]:
    """A registration of ours is in its transaction."""
    with psycopg.connect(registry.databases["accounts"]) as connection:
        connection.execute(ENTERED)
        yield


@contextmanager
def before_legacy_has_all(registry: Any) -> Iterator[None]:
    """The reverse feed cannot write its last row."""
    with psycopg.connect(registry.owner) as connection:
        connection.execute("LOCK TABLE customer IN SHARE MODE")
        assert registry.register(registry.address()).status_code == 200
        yield


STEPS = {
    "before the fence": ("new", before_the_fence, "moving"),
    "behind the fence": ("new", behind_the_fence, "fenced"),
    "before our own fence": ("legacy", before_our_own_fence, "moving"),
    "before legacy has all": ("legacy", before_legacy_has_all, "fenced"),
}


def value(registry: Any, statement: str) -> Any:
    return registry.query(registry.databases["accounts"], statement)[0][0]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("how", ["killed", "frozen"])
def test_whoever_owned_the_accounts_goes_on(registry: Any, step: str, how: str) -> None:
    toward, held, expected = STEPS[step]
    before = "legacy" if toward == "new" else "new"
    if registry.standing()["owner"] != before:
        registry.move(before)
    address = registry.address()
    with ThreadPoolExecutor(1) as pool:
        with held(registry):
            assert registry.begin(toward).status_code == 202
            registry.until(expected, lambda: value(registry, PHASE) == expected)
            form = pool.submit(registry.register, address)
            if how == "killed":
                registry.processes["accounts"].kill()
            else:
                registry.signal(signal.SIGSTOP)
                registry.until("lease over", lambda: value(registry, LEASE), 10 * LEASE_SECONDS)
        if how == "killed":
            registry.restart()
        else:
            registry.signal(signal.SIGCONT)
        with contextlib.suppress(httpx2.HTTPError):
            assert form.result().status_code in (200, 202, 503)
    standing = registry.settled(before)
    assert standing["words"], standing
    # the customer sends the form once more, and is one
    registry.until("it is done", lambda: registry.register(address).status_code == 200)
    registry.until("at legacy", lambda: len(registry.known(address)) == 1)
    assert registry.login("legacy", address)["ok"] == "Y"
    assert registry.login("accounts", address)["ok"] == "Y"
    assert standing["rogues"] == []
