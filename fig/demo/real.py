"""The world of a real run, put together from its parts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from fig.demo.admin import Admin
from fig.demo.commands import Fig
from fig.demo.load import LoadProcess, Shoppers
from fig.demo.plan import Pace
from fig.demo.prices import Editor, PriceDesk
from fig.demo.record import Difference, Evidence, Load, PriceEdit, Sample
from fig.demo.samples import differences_of, evidence_of, sample_of
from fig.demo.stack import Addresses, Stack
from fig.demo.world import DemoFailed

# The administrator that every seeded shop has; this shop sells nothing.
FLIP_WITHIN = 5.0  # seconds for a flip to reach every worker
EDITOR = Editor("admin@example.org", "admin-2016")


@dataclass(frozen=True)
class Tools:
    """What the demo works with. `folder` takes its files, `leave_fault` breaks a promise."""

    fig: Fig
    stack: Stack
    folder: Path
    pace: Pace
    leave_fault: bool = False


class RealWorld:
    """See `world.World`."""

    def __init__(
        self,
        tools: Tools,
        compared: Collection[str],
        connect: Callable[[str], Admin] = Admin,
    ) -> None:
        # process
        self.tools = tools
        self.compared = compared
        self.connect = connect
        # once the stack is up
        self.at: Addresses | None = None
        self.admin: Admin | None = None
        self.desk: PriceDesk | None = None
        self.load: LoadProcess | None = None
        self.seen = Load()

    async def bring_up(self, fault: str) -> None:
        self.at = await self.tools.stack.start(fault)
        self.admin = self.connect(self.at.admin)
        self.desk = PriceDesk(self.at.facade, EDITOR)
        for route in self.compared:
            await self.admin.reset(route)  # what an earlier run left behind

    async def let_in(self, users: int) -> None:
        pace = self.tools.pace
        shoppers = Shoppers(self.place().facade, users, pace.spawn_rate, pace.think)
        self.load = LoadProcess(shoppers, self.tools.fig.root, self.tools.folder)
        await self.load.start()

    async def flip(self, route: str, stage: str, percent: int | None) -> tuple[str, float | None]:
        share = () if percent is None else (str(percent),)
        place = self.place()
        where = ("--routes", str(place.routes), "--admin", place.admin)
        said = await self.tools.fig.call("flip", route, stage, *share, *where, "--json")
        # What the command says is believed only when the file and the workers say the same.
        version = hashlib.sha256(place.routes.read_bytes()).hexdigest()[:12]
        waited = await self.api().reached(version, FLIP_WITHIN)
        ms = json.loads(said).get("ms")
        return version, ms if waited is not None else None

    async def refusal(self, route: str, stage: str, percent: int | None) -> str | None:
        before = self.place().routes.read_bytes()
        try:
            await self.flip(route, stage, percent)
        except DemoFailed as refused:
            return str(refused)
        fresh = self.place().routes.with_suffix(".back")
        fresh.write_bytes(before)
        fresh.rename(self.place().routes)
        return None

    async def restart_catalog(self, fault: str) -> None:
        wanted = "discount-rounding" if self.tools.leave_fault else fault
        await self.tools.fig.call("restart", "catalog", "--set", f"CATALOG_FAULT={wanted}")

    async def forget(self, route: str) -> None:
        await self.api().reset(route)

    async def differences(self, routes: Sequence[str]) -> tuple[Difference, ...]:
        found = [
            one
            for route in routes
            for one in differences_of(await self.api().compare(route), route)
        ]
        return tuple(sorted(found, key=lambda one: -one.count))

    async def evidence(self, routes: Sequence[str]) -> tuple[Evidence, ...]:
        found = [evidence_of(await self.api().compare(route), route) for route in routes]
        return tuple(one for one in found if one is not None)

    async def edit_price(self, nth: int) -> PriceEdit:
        if self.desk is None:
            raise DemoFailed("the shop is not open")
        return await self.desk.edit(nth)

    async def send_home(self) -> None:
        if self.load is not None:
            await self.load.stop()

    async def sample(self) -> Sample | None:
        if self.admin is None:
            return None
        status = await self.admin.status()
        if self.load is not None:
            self.seen = self.load.poll()
        return None if status is None else sample_of(status, self.seen)

    async def close(self) -> None:
        if self.load is not None:
            self.load.kill()
        for client in (self.desk, self.admin):
            if client is not None:
                await client.close()
        await self.tools.stack.stop()

    def place(self) -> Addresses:
        if self.at is None:
            raise DemoFailed("the stack is not up")
        return self.at

    def api(self) -> Admin:
        if self.admin is None:
            raise DemoFailed("the stack is not up")
        return self.admin
