"""The provider of our own fails as it is told to."""

import asyncio
import random
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from new_services.payments import simulator
from new_services.payments.domain import Operation
from new_services.payments.provider import Declined, ProviderAway, ProviderSilent
from new_services.payments.simulator import Behaviour, Mood, SimulatedProvider
from tests.rigs.shop.database import Database, Row

TEN = Decimal("10.00")


def provider(
    behaviour: Behaviour, rows: dict[str, Any] | None = None
) -> tuple[SimulatedProvider, Database]:
    database: Any = Database(rows)
    mood = Mood(random.Random(7))
    mood.command(behaviour)
    return SimulatedProvider(database, mood), database


async def _ask(made: SimulatedProvider, operation: Operation = Operation.AUTHORISE) -> None:
    await made.ask("S-1:authorise", operation, "S-1", TEN)


def test_shares_are_shares_of_the_requests() -> None:
    mood = Mood(random.Random(7))
    mood.command(Behaviour(declined=0.1, away=0.2, lost=0.3, silent=0.15))
    drawn = Counter(mood.draw() for _ in range(20_000))
    expected = {"declined": 0.1, "away": 0.2, "lost": 0.3, "silent": 0.15, "ok": 0.25}
    for name, share in expected.items():
        assert drawn[name] / 20_000 == pytest.approx(share, abs=0.015)


class Zero(random.Random):
    def random(self) -> float:
        return 0.0


def test_without_a_share_nothing_goes_wrong_ever() -> None:
    assert Mood(Zero()).draw() == "ok"


def test_the_next_ones_come_first_in_their_order() -> None:
    mood = Mood(random.Random(7))
    mood.command(Behaviour(next=["lost", "ok"], away=1.0))
    assert [mood.draw() for _ in range(4)] == ["lost", "ok", "away", "away"]
    mood.command(Behaviour())
    assert mood.draw() == "ok"


@pytest.mark.parametrize(
    ("fate", "error", "effect"),
    [
        ("ok", None, True),
        ("away", ProviderAway, False),
        ("lost", ProviderSilent, False),
        ("silent", ProviderSilent, True),
    ],
)
async def test_each_fate(fate: str, error: type[Exception] | None, effect: bool) -> None:
    made, database = provider(Behaviour(next=[fate]))
    if error is None:
        await _ask(made)
    else:
        with pytest.raises(error):
            await _ask(made)
    values = [("S-1:authorise", Operation.AUTHORISE, "S-1", TEN, None)]
    assert database.values("provider.ask") == (values if effect else [])


async def test_only_an_authorisation_is_declined_on_command() -> None:
    for operation, no in ((Operation.AUTHORISE, "simulated"), (Operation.CAPTURE, None)):
        made, database = provider(Behaviour(next=["declined"]))
        await _ask(made, operation)
        assert database.asked[0][1][4] == no


async def test_what_its_books_decline_is_declined() -> None:
    made, _ = provider(Behaviour(), {"provider.ask": [("closed",)]})
    with pytest.raises(Declined, match="closed"):
        await _ask(made)


async def test_it_takes_as_long_as_it_is_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(simulator, "asyncio", type("", (), {"sleep": sleep}))
    await _ask(provider(Behaviour(delay=2.5))[0])
    await _ask(provider(Behaviour())[0])
    assert slept == [2.5]
    assert asyncio.sleep is not sleep


@pytest.mark.parametrize(("rows", "remembers"), [([], False), ([Row(declined=None)], True)])
async def test_it_remembers_what_it_was_asked(rows: list[Row], remembers: bool) -> None:
    made, database = provider(Behaviour(), {"provider.request": rows})
    assert await made.remembers("k") is remembers
    assert database.asked[0][1] == ("k",)


async def test_what_it_declined_it_declines_again() -> None:
    made, _ = provider(Behaviour(), {"provider.request": [Row(declined="no money")]})
    with pytest.raises(Declined, match="no money"):
        await made.remembers("k")
