"""Which service is calling: what proves it, and what proves nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from chassis.web.callers import (
    LEEWAY_SECONDS,
    LIFE_SECONDS,
    REMEMBERED,
    RENEW_SECONDS,
    Callers,
    Credentials,
    NotAService,
)

NOW = 1_000_000.0
ORDERS, SALES, OTHER = (OKPKey.generate_key("Ed25519", auto_kid=True) for _ in range(3))


class Time:
    """Two clocks of one machine."""

    def __init__(self) -> None:
        self.wall, self.passed = NOW, 0.0

    def credentials(self, key: OKPKey = ORDERS, name: str = "orders") -> Credentials:
        return Credentials(name, key, lambda: self.wall, lambda: self.passed)

    def callers(self) -> Callers:
        keys = {"orders": ORDERS, "sales": SALES}
        return Callers("payments", keys, lambda: self.wall)


def test_a_service_is_known_by_its_token_also_the_second_time() -> None:
    time = Time()
    token, callers = time.credentials().token("payments"), time.callers()
    assert [callers.check(f"Bearer {token}") for _ in range(2)] == ["orders", "orders"]


def _signed(key: OKPKey, **claims: Any) -> str:
    whole = {"iss": "orders", "aud": "payments", "exp": int(NOW + 60), **claims}
    header = {"alg": "Ed25519", "kid": key.kid}
    given = {name: value for name, value in whole.items() if value is not None}
    return jwt.encode(header, given, key, algorithms=["Ed25519"])


FORGED: dict[str, Callable[[], str]] = {
    "nothing": lambda: "",
    "no token": lambda: "Bearer ",
    "another scheme": lambda: f"Basic {_signed(ORDERS)}",
    "no token at all": lambda: "Bearer abc",
    "a key that nobody knows": lambda: f"Bearer {_signed(OTHER)}",
    "a key of another service": lambda: f"Bearer {_signed(SALES)}",
    "for another service": lambda: f"Bearer {_signed(ORDERS, aud='inventory')}",
    "of a stranger": lambda: f"Bearer {_signed(ORDERS, iss='mallory')}",
    "without an end": lambda: f"Bearer {_signed(ORDERS, exp=None)}",
    "over": lambda: f"Bearer {_signed(ORDERS, exp=int(NOW - LEEWAY_SECONDS - 1))}",
}


@pytest.mark.parametrize("what", FORGED)
def test_what_proves_nothing(what: str) -> None:
    with pytest.raises(NotAService):
        Time().callers().check(FORGED[what]())


def test_clocks_may_be_minutes_apart() -> None:
    time = Time()
    time.wall -= LEEWAY_SECONDS
    token = time.credentials().token("payments")
    time.wall = NOW + LEEWAY_SECONDS
    assert time.callers().check(f"Bearer {token}") == "orders"


def test_a_token_is_used_for_a_while_and_then_made_again() -> None:
    time = Time()
    credentials = time.credentials()
    first = credentials.token("payments")
    assert credentials.token("payments") == first != credentials.token("inventory")
    time.passed += RENEW_SECONDS
    time.wall += RENEW_SECONDS
    assert credentials.token("payments") != first


def test_one_that_is_remembered_ends_all_the_same() -> None:
    time = Time()
    token, callers = time.credentials().token("payments"), time.callers()
    callers.check(f"Bearer {token}")
    time.wall += LIFE_SECONDS + LEEWAY_SECONDS + 1
    with pytest.raises(NotAService):
        callers.check(f"Bearer {token}")


def test_so_many_are_remembered_and_no_more() -> None:
    callers = Time().callers()
    for number in range(REMEMBERED + 5):
        callers.check(f"Bearer {_signed(ORDERS, exp=int(NOW + 60 + number))}")
    assert len(callers._known) == REMEMBERED
