"""The steps about whose data it is: orders are read on both sides, owners change, books are closed.

Each takes the world, the record it fills, how to say something, and what the script wants.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fig.demo.judge.record import Record
from fig.demo.script import actions
from fig.demo.stage.world import DemoFailed, World

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


async def verify(world: World, record: Record, say: Say, _: actions.Verify) -> None:
    found = record.verified = await world.verify()
    rows = sum(one.rows for one in found.entities)
    say(
        f"{rows:,} rows in {len(found.entities)} tables, {len(found.laws)} laws: "
        f"{'all is the same' if found.ok else 'not the same'}; "
        f"{found.acknowledged} orders acknowledged, {len(found.wrong)} not as told"
    )


OWNING: dict[type, Callable[..., Awaitable[None]]] = {
    actions.ReadOrders: read_orders,
    actions.CutOver: cut_over,
    actions.Verify: verify,
}
