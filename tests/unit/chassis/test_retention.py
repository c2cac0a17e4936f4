"""What goes wrong while cleaning is tried again the next time, and what is run how often."""

import asyncio
from typing import Any

import asyncpg
import pytest

from chassis import retention
from chassis.retention import Rule, clean


class Pool:
    """Fails once, and then has some to forget, and then nothing."""

    def __init__(self, *errors: Exception, rows: int = 0) -> None:
        self._errors, self._rows = list(errors), rows
        self.cleaned = asyncio.Event()
        self.ran: list[str] = []

    async def execute(self, statement: str, *_: object) -> str:
        if self._errors:
            raise self._errors.pop()
        self.ran.append(statement)
        self.cleaned.set()
        self._rows, rows = self._rows - 1, self._rows
        return "DELETE 2000" if rows > 0 else "DELETE 0"


@pytest.mark.parametrize(
    "error", [asyncpg.DeadlockDetectedError("two at once"), OSError("away"), TimeoutError()]
)
async def test_it_goes_on(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    monkeypatch.setattr(retention, "EVERY_SECONDS", 0.0)
    pool: Any = Pool(error)
    running = asyncio.create_task(retention.run(pool, [Rule("t", "", "", 1.0, "forget")]))
    ends = asyncio.create_task(pool.cleaned.wait())
    await asyncio.wait([running, ends], return_when=asyncio.FIRST_COMPLETED)
    assert not running.done()
    running.cancel()


async def test_a_rule_runs_until_nothing_is_left_and_one_without_a_statement_not_at_all() -> None:
    pool: Any = Pool(rows=3)
    kept = Rule("ledger", "for ever", "the books")
    await clean(pool, [kept, Rule("t", "", "", 1.0, "forget")], "note")
    assert pool.ran == ["note", *["forget"] * 3]
