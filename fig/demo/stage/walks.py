"""The walk of the demo: begun by `fig migrate`, watched by the admin API, approved by a person."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fig.demo.judge.record import Flip as FlipRecord
from fig.demo.script.actions import Migrate
from fig.demo.stage.admin import Admin
from fig.demo.stage.commands import Fig
from fig.demo.stage.world import DemoFailed

POLL = 0.2  # seconds
FLIP_WITHIN = 15.0  # seconds for a step to reach every worker
NOTHING_WAITS = "nothing waits for a word now"
WORD = "a person's word"  # what a walk says that waits for one


class DemoWalk:
    """Each wait ends with the step of the demo that it belongs to."""

    def __init__(self, fig: Fig, admin: Admin, routes: Path, address: str) -> None:
        self.fig, self.admin = fig, admin
        self.routes, self.address = routes, address
        self.since = 0  # entries of the journal up to here are from earlier runs

    async def begin(self, action: Migrate) -> Sequence[FlipRecord]:
        entries = (await self.admin.read("/api/journal", limit="1"))["entries"]
        self.since = max((int(one["n"]) for one in entries), default=0)
        shares = ",".join(map(str, action.steps))
        await self.fig.call(
            "migrate", ",".join(action.routes), "--detach", "--plan", shares,
            "--time", f"{action.hold:g}s", "--pairs", "1", "--bound", f"{action.bound}%",
            "--approve", "new", "--why", "the demo", "--admin", self.address, "--json",
        )  # fmt: skip
        return await self.taken(action.routes, "shadow", None)

    async def stopped(self, routes: Sequence[str]) -> str:
        while True:
            walk = await self.walk(routes)
            guards = await self.admin.read("/api/guards")
            back = [one for one in guards["guards"] if one["kind"] == "back"]
            if any(
                one["route"] in walk["routes"] and one["words"] in walk["words"] for one in back
            ):
                return f"the walk stands at {walk['stands']}: {walk['words']}"
            await asyncio.sleep(POLL)

    async def approve(self, routes: Sequence[str]) -> Sequence[FlipRecord]:
        while True:
            if WORD in str((await self.walk(routes))["words"]) and await self.given(routes):
                return await self.taken(routes, "new", None)
            await asyncio.sleep(POLL)

    async def given(self, routes: Sequence[str]) -> bool:
        """Whether the word was taken; not where a guard holds the walk up just now."""
        try:
            await self.fig.call(
                "approve", ",".join(routes), "--why", "the demo", "--admin", self.address, "--json"
            )
        except DemoFailed as error:
            if NOTHING_WAITS not in str(error):
                raise
            return False
        return True

    async def walk(self, routes: Sequence[str]) -> dict[str, Any]:
        """The walk of these routes. Raises DemoFailed when it goes on no more."""
        guards = await self.admin.read("/api/guards")
        found = [one for one in guards["walks"] if set(routes) <= set(one["routes"])]
        if not found or found[-1]["state"] in ("paused", "aborted"):
            words = found[-1]["words"] if found else "there is none"
            raise DemoFailed(f"the walk of {', '.join(routes)} does not go on: {words}")
        return dict(found[-1])

    async def taken(
        self, routes: Sequence[str], stage: str, percent: int | None
    ) -> Sequence[FlipRecord]:
        """Wait until the journal has this step of all routes: each as a flip."""
        place = stage if percent is None else f"{stage} {percent}%"
        while True:
            entries = (await self.admin.read("/api/journal", limit="500"))["entries"]
            own = [one for one in entries if one["n"] > self.since]
            moves = {one["route"]: one for one in own if one["after"] == place}
            if set(routes) <= set(moves):
                break
            await self.walk(routes)
            await asyncio.sleep(POLL)
        ms = await self.everywhere()
        return [
            FlipRecord(0.0, name, stage, percent, str(moves[name]["table"]), ms) for name in routes
        ]

    async def everywhere(self) -> float | None:
        """Ms until every worker decides by the file as it is; None: not within seconds."""
        version = hashlib.sha256(self.routes.read_bytes()).hexdigest()[:12]
        return await self.admin.reached(version, FLIP_WITHIN)
