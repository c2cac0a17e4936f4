"""The steps about whose data it is: orders are read on both sides, owners change, books are closed.

Each takes the world, the record it fills, how to say something, and what the script wants.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from fig.demo.judge.record import Record
from fig.demo.script import actions
from fig.demo.stage.world import DemoFailed, World

POLL = 0.05  # seconds
Say = Callable[[str], None]


async def read_orders(world: World, record: Record, say: Say, action: actions.ReadOrders) -> None:
    reading = await world.read_orders(action.side)
    record.readings.append(reading)
    if reading.wrong or not reading.orders:
        raise DemoFailed("; ".join(reading.wrong[:3]) or "the new side took no order")
    say(f"{reading.orders} orders read, each as it was confirmed")


async def cut_over(world: World, record: Record, say: Say, action: actions.CutOver) -> None:
    for toward in ("new", "legacy", "new"):
        done = await world.cut_over(action.domain, toward, action.bound)
        record.handovers.append(done)
        waited = f"{done.waited} writes waited, {done.worst:.0f} ms at most"
        say(
            f"{done.domain} is owned by {done.toward}, {done.seconds:.1f} s; "
            f"{waited if done.waited else 'no write had to wait'}; {done.failed} failed"
        )


async def close_window(world: World, record: Record, say: Say, action: actions.CloseWindow) -> None:
    window = await world.close_window(action.domain)
    record.windows.append(window)
    say(f"{window.domain}: {window.words}; the window is closed")


async def retire(world: World, record: Record, say: Say, action: actions.Retire) -> None:
    done = await world.retire(action.horizon)
    record.retired, record.not_yet = done.routes, done.refused
    if done.refused:
        say(f"refused at first: {done.refused}")
    say(f"{len(done.routes)} routes are retired: nothing needed legacy")


async def farewell(world: World, record: Record, say: Say, _: actions.Farewell) -> None:
    """Counted from the shoppers' first figures after it."""
    gone = await world.farewell()
    ended = record.load.time
    while True:  # the sampler brings them; the step has a deadline
        await asyncio.sleep(POLL)
        if record.load.time > ended:
            break
    last = record.samples[-1]
    record.gone = replace(gone, at=last.at, load=record.load, errors=last.server_errors)
    for name, seconds, words in gone.steps:
        say(f"{name}: {words} ({seconds:.1f} s)")


async def verify(world: World, record: Record, say: Say, _: actions.Verify) -> None:
    found = record.verified = await world.verify()
    rows = sum(one.rows for one in found.entities)
    say(
        f"{rows:,} rows in {len(found.entities)} tables, {len(found.laws)} laws: "
        f"{'all is the same' if found.ok else 'not the same'}; "
        f"{found.acknowledged} orders acknowledged, {len(found.wrong)} not as confirmed"
    )


OWNING: dict[type[actions.Action], Callable[..., Awaitable[None]]] = {
    actions.ReadOrders: read_orders,
    actions.CutOver: cut_over,
    actions.CloseWindow: close_window,
    actions.Retire: retire,
    actions.Farewell: farewell,
    actions.Verify: verify,
}
