"""The provider behind a breaker, and never for longer than a deadline.

A provider that does not answer in time was asked, so the effect is unknown; one whose breaker is
open was not. Declining is an answer: it opens no breaker.
"""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import TypeVar

from chassis.breaker.circuit import BreakerSettings
from chassis.breaker.guard import Guard, Held
from new_services.payments.domain import Operation
from new_services.payments.provider import Provider, ProviderAway, ProviderSilent

SETTINGS = BreakerSettings(
    slow_call=2.0, minimum_calls=10, open_for=2.0, open_most=8.0, probes=2, ramp=2.0
)
# Of one call. An operation is one, and two questions after silence, within what orders waits for.
DEADLINE_SECONDS = 2.0
QUESTION_SECONDS = 0.4

Result = TypeVar("Result")


class GuardedProvider:
    """See Provider."""

    def __init__(self, provider: Provider, guard: Guard | None = None) -> None:
        self._provider = provider
        self.guard = guard or Guard("the provider", SETTINGS, (ProviderAway, ProviderSilent))

    async def ask(self, key: str, operation: Operation, reference: str, amount: Decimal) -> None:
        await self._call(
            lambda: self._provider.ask(key, operation, reference, amount), DEADLINE_SECONDS
        )

    async def remembers(self, key: str) -> bool:
        return await self._call(lambda: self._provider.remembers(key), QUESTION_SECONDS)

    async def _call(self, call: Callable[[], Awaitable[Result]], seconds: float) -> Result:
        async def in_time() -> Result:
            try:
                async with asyncio.timeout(seconds):
                    return await call()
            except TimeoutError as error:
                raise ProviderSilent(f"nothing within {seconds} s") from error

        try:
            return await self.guard.call(in_time)
        except Held as error:
            raise ProviderAway(str(error)) from error
