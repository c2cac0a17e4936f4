"""One look of a runner at what is due, for tests that go step by step."""

import asyncio

from chassis.saga.runner import Runner


async def run_due(runner: Runner) -> int:
    """Carry on what is due and not leased, and wait until it has ended; the number of sagas."""
    taken = await runner._take(runner._limits.at_once)
    try:
        await asyncio.gather(*taken)
    finally:
        await runner._let_go(taken)
    return len(taken)
