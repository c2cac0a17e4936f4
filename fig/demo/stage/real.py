"""The world of a real run, put together from its parts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from chassis.process.files import write_whole
from fig.clients import access, running
from fig.demo.judge.ownership import Gone, Handover, Window
from fig.demo.judge.record import Difference, Evidence, PriceEdit, Reading, Verified
from fig.demo.judge.record import Flip as FlipRecord
from fig.demo.judge.sample import Load, Sample
from fig.demo.script.actions import Edit, Flip, Migrate
from fig.demo.script.pace import LEGACY_DECIDES, Pace
from fig.demo.script.routes import edit
from fig.demo.stage.admin import Admin
from fig.demo.stage.books import closed
from fig.demo.stage.commands import Fig
from fig.demo.stage.cutovers import cut_over
from fig.demo.stage.ending import close_window, farewell, retire
from fig.demo.stage.load import LoadProcess, Shoppers
from fig.demo.stage.orders import OrderDesk, chosen, confirmed
from fig.demo.stage.prices import Editor, PriceDesk
from fig.demo.stage.samples import differences_of, evidence_of, sample_of, whole
from fig.demo.stage.stack import Addresses, Stack
from fig.demo.stage.walks import DemoWalk
from fig.demo.stage.world import DemoFailed, Retired
from fig.settings import Home

Part = TypeVar("Part")
FLIP_WITHIN = 15.0  # seconds for a flip to reach every worker
# The administrator that every seeded shop has; this shop sells nothing.
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
    """The `world.World` of a real stack."""

    def __init__(
        self, tools: Tools, compared: Collection[str], connect: Callable[[str], Admin] = Admin
    ) -> None:
        # process
        self.tools = tools
        self.compared = compared
        self.connect = connect
        # once the stack is up
        self.at: Addresses | None = None
        self.admin: Admin | None = None
        self.desk: PriceDesk | None = None
        self.walk: DemoWalk | None = None
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

    async def flip(self, action: Flip) -> Sequence[FlipRecord]:
        if isinstance(action, Edit) and self.tools.stack.own:
            version = edit(self.place().routes, action)
            ms = await self.api().reached(version, FLIP_WITHIN)
            return [
                FlipRecord(0.0, route, action.stage, action.percent, version, ms)
                for route in action.routes
            ]
        return await self.moved(action, self.tools.stack.force)

    async def moved(self, action: Flip, force: str) -> Sequence[FlipRecord]:
        """By `fig flip`; with `force` although the route file's bounds are not reached."""
        share = () if action.percent is None else (str(action.percent),)
        place, walk = self.place(), ("--walk",) if action.walk else ()
        where = ("--routes", str(place.routes), "--admin", place.admin)
        insisting = ("--force", force) if force else ()
        routes = ",".join(action.routes)
        said = await self.tools.fig.call(
            "flip", routes, action.stage, *share, *walk, *where, *insisting, "--json"
        )
        steps = flips_of(said)
        # What the command says is believed only when the file and the workers say the same.
        version = hashlib.sha256(place.routes.read_bytes()).hexdigest()[:12]
        if await self.api().reached(version, FLIP_WITHIN) is None:
            steps[-1] = replace(steps[-1], version=version, ms=None)
        return steps

    async def migrate(self, action: Migrate) -> Sequence[FlipRecord]:
        place = self.place()
        self.walk = DemoWalk(self.tools.fig, self.api(), place.routes, place.admin)
        return await self.walk.begin(action)

    async def stopped(self, routes: Sequence[str]) -> str:
        return await self.walking().stopped(routes)

    async def walked(self, routes: Sequence[str], percent: int) -> Sequence[FlipRecord]:
        return await self.walking().taken(routes, "canary", percent)

    async def approve(self, routes: Sequence[str]) -> Sequence[FlipRecord]:
        return await self.walking().approve(routes)

    def walking(self) -> DemoWalk:
        return there(self.walk, "no walk has begun")

    async def refusal(self, route: str, stage: str, percent: int | None) -> str | None:
        before = self.place().routes.read_bytes()
        try:
            await self.moved(Flip((route,), stage, percent), force="")
        except DemoFailed as refused:
            return str(refused)
        write_whole(self.place().routes, before)
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
        return await there(self.desk, "the shop is not open").edit(nth)

    async def stop_legacy(self, seconds: float) -> None:
        moved = [
            route.match
            for route in (await self.api().routes()).values()
            if route.stage == "new" and route.name not in LEGACY_DECIDES
        ]
        write_whole(self.shopping().absence, "\n".join(moved) + "\n")
        await self.tools.fig.call("restart", "legacy", "--pause", f"{seconds:g}")

    async def legacy_is_back(self) -> None:
        self.shopping().absence.unlink(missing_ok=True)

    async def read_orders(self, side: str) -> Reading:
        with self.shopping().orders.open() as lines:
            orders = chosen(confirmed(lines))
        return await OrderDesk(self.place().facade).read(orders, side)

    async def cut_over(self, domain: str, toward: str, bound: int) -> Handover:
        return await cut_over(self.tools.fig, domain, toward, bound)

    async def close_window(self, domain: str) -> Window:
        return await close_window(self.tools.fig, domain)

    async def retire(self, horizon: float) -> Retired:
        return await retire(self.tools.fig, horizon)

    async def farewell(self) -> Gone:
        return await farewell(self.tools.fig)

    async def verify(self) -> Verified:
        home = Home(self.tools.fig.home)
        databases = access.verification(home, running.require(home))
        return await closed(self.tools.fig, self.shopping().orders, databases)

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
            self.load.absence.unlink(missing_ok=True)
        for client in (self.desk, self.admin):
            if client is not None:
                await client.close()
        await self.tools.stack.stop()

    def place(self) -> Addresses:
        return there(self.at, "the stack is not up")

    def shopping(self) -> LoadProcess:
        return there(self.load, "nobody is in the shop")

    def api(self) -> Admin:
        return there(self.admin, "the stack is not up")


def there(part: Part | None, otherwise: str) -> Part:
    """The part. Raises DemoFailed with these words while there is none."""
    if part is None:
        raise DemoFailed(otherwise)
    return part


def flips_of(said: str) -> list[FlipRecord]:
    """What `fig flip --json` says, a line each step; all but a route's last are passed through."""
    lines: list[dict[str, Any]] = [json.loads(line) for line in said.splitlines()]
    last = {line["route"]: index for index, line in enumerate(lines)}
    return [
        FlipRecord(
            at=0.0,
            route=str(line["route"]),
            stage=str(line["to"]["stage"]),
            percent=whole(line["to"]["percent"]),
            version=str(line["version"]),
            ms=line["ms"],
            passing=last[line["route"]] != index,
        )
        for index, line in enumerate(lines)
    ]
