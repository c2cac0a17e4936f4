"""The accounts service is killed, or frozen past its lease, at each step of a cutover: the owner of
before goes on with the accounts, and who registered meanwhile is one customer on both sides.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from tests.rigs.ownership.struck import steps, struck

pytestmark = pytest.mark.integration


@contextmanager
def before_the_fence(registry: Any) -> Iterator[None]:
    """A transaction of legacy's holds the table."""
    with psycopg.connect(registry.owner) as connection:
        connection.execute("UPDATE customer SET name = name WHERE email = 'ben@example.com'")
        yield


@contextmanager
def before_legacy_has_all(registry: Any) -> Iterator[None]:
    """The reverse feed cannot write its last row."""
    with psycopg.connect(registry.owner) as connection:
        connection.execute("LOCK TABLE customer IN SHARE MODE")
        assert registry.register(registry.address()).status_code == 200
        yield


STEPS = steps(before_the_fence, before_legacy_has_all)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("how", ["killed", "frozen"])
def test_the_owner_of_before_goes_on_with_the_accounts(registry: Any, step: str, how: str) -> None:
    address = registry.address()
    struck(registry, STEPS[step], how, lambda: registry.register(address), {200, 202, 503})
    # the customer sends the form once more, and is one
    registry.until("it is done", lambda: registry.register(address).status_code == 200)
    registry.until("at legacy", lambda: len(registry.known(address)) == 1)
    assert registry.login("legacy", address)["ok"] == "Y"
    assert registry.login("accounts", address)["ok"] == "Y"
