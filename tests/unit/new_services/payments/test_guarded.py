"""The provider behind a breaker and a deadline."""

import asyncio
from decimal import Decimal

import pytest

from chassis.breaker.guard import Guard
from new_services.payments import guarded
from new_services.payments.domain import Operation
from new_services.payments.guarded import SETTINGS, GuardedProvider
from new_services.payments.provider import Declined, ProviderAway, ProviderSilent


class Provider:
    """Says what it is told to, or nothing for ever."""

    def __init__(self, says: Exception | bool | None) -> None:
        self.says, self.asked = says, 0

    async def ask(self, *_: object) -> None:
        await self._say()

    async def remembers(self, _: str) -> bool:
        return bool(await self._say())

    async def _say(self) -> bool:
        self.asked += 1
        if self.says is None:
            await asyncio.Event().wait()
        if isinstance(self.says, Exception):
            raise self.says
        return bool(self.says)


def guarding(provider: Provider) -> GuardedProvider:
    guard = Guard("p", SETTINGS, (ProviderAway, ProviderSilent), lambda: 5.0, lambda: 0.0)
    return GuardedProvider(provider, guard)


async def _ask(made: GuardedProvider) -> None:
    await made.ask("k", Operation.CAPTURE, "S-1", Decimal("1.00"))


async def test_answers_pass() -> None:
    made = guarding(Provider(True))
    await _ask(made)
    assert await made.remembers("k")


async def test_without_a_breaker_of_its_own_it_is_given_one() -> None:
    made = GuardedProvider(Provider(True))
    await _ask(made)
    assert (made.guard.name, made.guard.is_open) == ("the provider", False)


async def test_no_answer_in_time_is_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "DEADLINE_SECONDS", 0.01)
    monkeypatch.setattr(guarded, "QUESTION_SECONDS", 0.01)
    made = guarding(Provider(None))
    with pytest.raises(ProviderSilent, match="nothing within"):
        await _ask(made)
    with pytest.raises(ProviderSilent):
        await made.remembers("k")


@pytest.mark.parametrize("error", [ProviderAway("refused"), ProviderSilent("lost")])
async def test_after_some_failures_nobody_is_asked(error: Exception) -> None:
    provider = Provider(error)
    made = guarding(provider)
    for _ in range(30):
        with pytest.raises((ProviderAway, ProviderSilent)):
            await _ask(made)
    assert provider.asked == SETTINGS.minimum_calls
    with pytest.raises(ProviderAway, match="breaker"):
        await _ask(made)  # it was not asked, so it did nothing


async def test_declining_is_an_answer() -> None:
    provider = Provider(Declined("no money"))
    made = guarding(provider)
    for _ in range(30):
        with pytest.raises(Declined):
            await _ask(made)
    assert provider.asked == 30


def test_an_operation_with_its_questions_is_shorter_than_orders_waits() -> None:
    from new_services.orders.saga.partners import CALL_SECONDS
    from new_services.payments.handlers import QUESTIONS

    assert guarded.DEADLINE_SECONDS + QUESTIONS * guarded.QUESTION_SECONDS < CALL_SECONDS
