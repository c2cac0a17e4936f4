"""How the breakers stand, and whom they say to leave alone."""

from typing import Any

import pytest

from chassis.breaker.circuit import BreakerSettings
from chassis.breaker.guard import Guard
from new_services.orders.saga import breakers

SETTINGS = BreakerSettings(minimum_calls=1, open_for=5.0)


class Partner:
    """One whose instances are all held, or not."""

    def __init__(self, held: bool) -> None:
        self.client: Any = self
        self._held = held

    def held(self) -> bool:
        return self._held


async def _opened(name: str) -> Guard:
    guard = Guard(name, SETTINGS)

    async def fails() -> None:
        raise OSError

    with pytest.raises(OSError):
        await guard.call(fails)
    return guard


async def test_who_is_away_is_left_alone() -> None:
    guards = {"write": await _opened("w"), "read": Guard("r", SETTINGS)}
    partners: Any = {"payments": Partner(True), "inventory": Partner(False)}
    assert breakers.held(guards, partners)() == ["legacy", "payments"]
    assert breakers.held({"write": Guard("w", SETTINGS)}, {})() == []
    assert breakers.held({}, {})() == []  # without a monolith
