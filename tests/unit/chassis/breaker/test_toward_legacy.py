"""How the breakers toward the monolith stand, and when it is away by them."""

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from chassis.breaker.circuit import BreakerSettings
from chassis.breaker.guard import Guard
from chassis.breaker.toward_legacy import BreakerCollector, breaker_facts, held, is_away

SETTINGS = BreakerSettings(minimum_calls=1, open_for=5.0)


async def _opened(name: str) -> Guard:
    guard = Guard(name, SETTINGS)

    async def fails() -> None:
        raise OSError

    with pytest.raises(OSError):
        await guard.call(fails)
    return guard


async def test_legacy_is_away_while_any_call_to_it_is_held_back() -> None:
    well = {"write": Guard("w", SETTINGS), "read": Guard("r", SETTINGS)}
    assert not is_away(well)
    assert is_away(well | {"read": await _opened("r")})


async def test_each_kind_of_call_is_measured() -> None:
    metrics = CollectorRegistry()
    metrics.register(BreakerCollector({"write": await _opened("w")}))
    text = generate_latest(metrics).decode()
    assert 'legacy_breaker{kind="write",state="open"} 1.0' in text


async def test_sagas_rest_while_no_write_is_let_through() -> None:
    write = await _opened("w")
    assert held({"write": write, "read": Guard("r", SETTINGS)}) == ["legacy"]
    assert held({"write": Guard("w", SETTINGS), "read": await _opened("r")}) == []
    assert held({}) == []  # without a monolith
    assert breaker_facts({"write": write})["write"]["state"] == "open"
