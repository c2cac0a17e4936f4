"""What goes wrong while cleaning is tried again the next time."""

import asyncio
from typing import Any

import asyncpg
import pytest

from new_services.orders import cleaning


class Pool:
    """Fails once, and then has nothing to forget."""

    def __init__(self, error: Exception) -> None:
        self._errors = [error]
        self.cleaned = asyncio.Event()

    async def execute(self, *_: object) -> str:
        if self._errors:
            raise self._errors.pop()
        self.cleaned.set()
        return "DELETE 0"


@pytest.mark.parametrize(
    "error", [asyncpg.DeadlockDetectedError("two at once"), OSError("away"), TimeoutError()]
)
async def test_it_goes_on(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    monkeypatch.setattr(cleaning, "EVERY_SECONDS", 0.0)
    pool: Any = Pool(error)
    running = asyncio.create_task(cleaning.run(pool))
    ends = asyncio.create_task(pool.cleaned.wait())
    await asyncio.wait([running, ends], return_when=asyncio.FIRST_COMPLETED)
    assert not running.done()
    running.cancel()
