"""The owning service is killed, or frozen past its lease, at each step of a cutover: the owner of
before goes on with the goods, and a form that was sent meanwhile has its effect once.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from tests.rigs.ownership.struck import steps, struck

pytestmark = pytest.mark.integration


@contextmanager
def before_the_fence(hands: Any) -> Iterator[None]:
    """A transaction of legacy's holds the table."""
    with psycopg.connect(hands.owner) as connection:
        connection.execute("UPDATE product SET name = name WHERE sku = 'MUG'")
        yield


@contextmanager
def before_legacy_has_all(hands: Any) -> Iterator[None]:
    """The reverse feed cannot write its last row."""
    with psycopg.connect(hands.owner) as connection:
        connection.execute("SELECT FROM product WHERE sku = 'TENT' FOR UPDATE")
        assert hands.save(price="66.00").status_code == 200
        yield


STEPS = steps(before_the_fence, before_legacy_has_all)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("how", ["killed", "frozen"])
def test_the_owner_of_before_goes_on_with_the_goods(hands: Any, step: str, how: str) -> None:
    key, price = uuid.uuid4().hex, f"{uuid.uuid4().int % 900 + 10}.00"
    struck(hands, STEPS[step], how, lambda: hands.save(key=key, price=price), {200, 202})
    # the form's saga goes on, or the form is sent again under its key: it has its effect once
    hands.until("the form is in", lambda: hands.save(key=key, price=price).status_code == 200)
    hands.until("in our answers", lambda: hands.shown()["list_price"] == price)
    hands.until("on the monolith's pages", lambda: hands.product()[0] == price)
