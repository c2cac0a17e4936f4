"""Plays the acts: do, wait, write down. Stops at the first step that fails.

steps ──▶ 1 action ──▶ 2 condition, sample by sample ──▶ 3 what it showed ──▶ record
                           ▲
sampler, twice a second ───┘
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from fig.demo.judge.outage import finished_at, outage_of
from fig.demo.judge.record import ActRecord, Record, StepRecord
from fig.demo.judge.record import Caught as CaughtRecord
from fig.demo.judge.record import Flip as FlipRecord
from fig.demo.judge.sample import Sample
from fig.demo.judge.verdict import related
from fig.demo.script import actions, pace
from fig.demo.script.conditions import (
    Caught,
    Finished,
    Moved,
    Now,
    Since,
    Standing,
    answered_by,
    total,
)
from fig.demo.script.step import Act, Step
from fig.demo.stage.owning import OWNING
from fig.demo.stage.world import DemoFailed, Watch, World

EVERY = 0.5  # seconds between two samples
MUST_ANSWER = tuple(name for name in pace.MOVED if name not in pace.LEGACY_DECIDES)
SAID = 2  # lines that stand for a step that waits for nothing


class Runner:
    """One run. `now` gives seconds since the demo began, as the samples' `at` does."""

    def __init__(
        self,
        world: World,
        record: Record,
        watch: Watch,
        now: Callable[[], float] | None = None,
        every: float = EVERY,
    ) -> None:
        began = time.monotonic()
        # settings
        self.world = world
        self.watch = watch
        self.now = now or (lambda: time.monotonic() - began)
        self.every = every
        # run
        self.record = record
        self.tick = asyncio.Condition()
        self.before_outage: Sample | None = None
        self.said: list[str] = []  # in this step
        self.ready = 0.0  # when the monolith was up again

    async def run(self, acts: Sequence[Act]) -> None:
        """Fill the record. Raises nothing the world can throw: a broken run is a record too."""
        self.record.planned = len(acts)
        sampler = asyncio.create_task(self.keep_sampling())
        try:
            self.record.finished = await self.go_through(acts)
            await self.keep_later()
        finally:
            sampler.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sampler

    async def go_through(self, acts: Sequence[Act]) -> bool:
        """All acts, up to the first step that fails; whether all succeeded."""
        for act in acts:
            self.watch.open(act)
            played = ActRecord(act.number, act.title, act.say, self.now(), self.record.load)
            self.record.acts.append(played)
            reached = await self.play(act)
            played.ended, played.after = self.now(), self.record.load
            if not reached:
                return False
        return True

    async def play(self, act: Act) -> bool:
        """The steps of one act, up to the first that fails; whether all succeeded."""
        for step in act.steps:
            if not await self.go(step):
                return False
        return True

    async def keep_sampling(self) -> None:
        """Twice a second, as long as the run lasts."""
        while True:
            sample = await self.world.sample()
            if sample is not None:
                self.take(replace(sample, at=self.now()))
            async with self.tick:
                self.tick.notify_all()
            await asyncio.sleep(self.every)

    def take(self, sample: Sample) -> None:
        self.record.samples.append(sample)
        if sample.load.requests:
            self.record.load = sample.load
        self.watch.see(sample)

    async def go(self, step: Step) -> bool:
        """One step; False when the run ends here."""
        began = self.now()
        self.said.clear()
        self.watch.begin(step.title, step.say)
        try:
            async with asyncio.timeout(step.within):
                await self.act(step)
            standing = await self.wait(step)
        except TimeoutError:
            standing = Standing(Now.NEVER, f"not done within {step.within:.0f} s")
        except DemoFailed as failed:
            standing = Standing(Now.NEVER, str(failed))
        reached = standing.now is Now.MET
        words = standing.words or "; ".join(self.said[-SAID:])
        done = StepRecord(step.name, step.title, began, self.now(), reached, words, step.say)
        self.record.acts[-1].steps.append(done)
        if not reached:
            self.record.broken = f"'{step.title}' failed: {standing.words}"
        self.watch.end(replace(done, sentence=standing.words))  # what was said it has shown
        return reached

    def say(self, words: str) -> None:
        """A line for the viewer and for the report."""
        self.said.append(words)
        self.watch.event(words)

    # 1 action

    async def act(self, step: Step) -> None:
        if step.do is not None:
            await ACTIONS[type(step.do)](self, step.do)

    async def bring_up(self, action: actions.BringUp) -> None:
        await self.world.bring_up(action.fault)

    async def let_in(self, action: actions.LetIn) -> None:
        await self.world.let_in(action.users)

    async def flip(self, action: actions.Flip) -> None:
        self.keep_flips(await self.world.flip(action))

    def keep_flips(self, flips: Sequence[FlipRecord]) -> None:
        """Raises DemoFailed when one of them did not reach every worker."""
        for flip in flips:
            self.record.flips.append(replace(flip, at=self.now()))
            if flip.ms is None:
                raise DemoFailed(f"{flip.route} → {flip.target} did not reach every worker")

    async def migrate(self, action: actions.Migrate) -> None:
        self.keep_flips(await self.world.migrate(action))

    async def see_it_stop(self, action: actions.SeeItStop) -> None:
        self.say(await self.world.stopped(action.routes))

    async def follow(self, action: actions.Follow) -> None:
        self.keep_flips(await self.world.walked(action.routes, action.percent))

    async def approve(self, action: actions.Approve) -> None:
        self.keep_flips(await self.world.approve(action.routes))

    async def ask_for_refusal(self, action: actions.AskForRefusal) -> None:
        reason = await self.world.refusal(action.route, action.stage, action.percent)
        if reason is None:
            raise DemoFailed(f"{action.route} could be promoted against the evidence")
        self.record.refusal = reason
        self.say(reason)

    async def ask_to_retire(self, action: actions.AskToRetire) -> None:
        reason = await self.world.refusal(action.route, "retired", None)
        if reason is None:
            raise DemoFailed(f"{action.route} could be retired while legacy owns its data")
        self.record.not_retired = reason
        self.say(reason)

    async def mend(self, action: actions.Mend) -> None:
        await self.world.restart_catalog(action.fault)
        if not action.fault:
            self.record.fault_off = self.now()

    async def forget(self, action: actions.Forget) -> None:
        for route in action.routes:
            await self.world.forget(route)
        self.record.forgotten = self.now()

    async def edit_prices(self, action: actions.EditPrices) -> None:
        for nth in range(action.times):
            edit = replace(await self.world.edit_price(nth), at=self.now())
            self.record.prices.append(edit)
            if edit.ms is None:
                raise DemoFailed(f"{edit.sku}: the new side never showed {edit.after}")
            self.say(
                f"{edit.sku}: {edit.before} → {edit.after}, on the new side after {edit.ms:.0f} ms"
            )
            # No person puts a price back within milliseconds: a copy that was asked between the
            # two would differ from a legacy that shows the same price before and after it.
            for _ in range(2):
                async with self.tick:
                    await self.tick.wait()

    async def stop_legacy(self, action: actions.StopLegacy) -> None:
        self.before_outage = self.record.samples[-1]
        await self.world.stop_legacy(action.seconds)
        self.ready = self.now()
        gone = self.ready - self.before_outage.at
        self.say(f"the monolith is up again, {gone:.1f} s after the order to stop it")

    async def legacy_is_back(self, _: actions.LegacyIsBack) -> None:
        before = self.before_outage
        if before is None:
            raise DemoFailed("legacy was never stopped")
        await self.world.legacy_is_back()
        async with self.tick:
            await self.tick.wait()  # what was answered before that is in the sample
        after = self.record.samples[-1]
        outage = outage_of(before, after, self.ready, MUST_ANSWER)
        self.record.outage = outage
        self.say(
            f"in {outage.ended - outage.began:.1f} s {outage.taken} orders were taken, "
            f"{outage.pending} of them as pending; the new side answered {outage.shown} reads"
        )

    async def owning(self, action: actions.Action) -> None:
        await OWNING[type(action)](self.world, self.record, self.say, action)

    async def send_home(self, _: actions.SendHome) -> None:
        await self.world.send_home()

    # 2 condition

    async def wait(self, step: Step) -> Standing:
        """Stay for `hold` seconds and until the condition holds, `within` at most."""
        start, began = len(self.record.samples), self.now()
        while True:
            standing = self.check(step, self.record.samples[start:])
            if standing.now is Now.NEVER:
                return standing
            if standing.now is Now.MET and self.now() - began >= step.hold:
                await self.keep(step, Since(self.record.samples[start:]))
                return standing
            if self.now() - began > step.within:
                return Standing(Now.NEVER, f"not within {step.within:.0f} s: {standing.words}")
            async with self.tick:
                await self.tick.wait()

    def check(self, step: Step, samples: list[Sample]) -> Standing:
        """How the step's condition stands, shown to the viewer."""
        if step.until is None:
            return Standing(Now.MET)
        if not samples:
            return Standing(Now.WAITING, "the admin API does not answer yet")
        standing = step.until.check(Since(samples))
        self.watch.progress(standing.words)
        return standing

    # 3 what it showed

    async def keep(self, step: Step, since: Since) -> None:
        if isinstance(step.until, Moved) and isinstance(step.do, MOVING):
            self.keep_moves(step.until, since)
        if isinstance(step.until, Caught):
            await self.keep_catch(step.until, since)
        if isinstance(step.until, Finished):
            self.record.back = finished_at(self.record.samples, self.ready)

    def keep_moves(self, moved: Moved, since: Since) -> None:
        """Where the traffic of each route went after its last flip."""
        window = moved.window(since)
        if window is None:
            return
        last = {flip.route: index for index, flip in enumerate(self.record.flips)}
        for route in moved.routes:
            legacy, new = answered_by(window, route)
            self.record.flips[last[route]] = replace(
                self.record.flips[last[route]],
                moved=moved.agrees(route, window),
                seen={"legacy": legacy, "new": new},
            )

    async def keep_later(self) -> None:
        """The evidence as it stands, and what differs although the fault is off."""
        last = self.record.last
        if self.record.forgotten is None or last is None:
            return
        with contextlib.suppress(DemoFailed):  # it is only the explanation
            self.record.evidence = await self.world.evidence(pace.COMPARED)
            if total(last, pace.COMPARED).mismatched:
                self.record.later = await self.world.differences(pace.COMPARED)

    async def keep_catch(self, caught: Caught, since: Since) -> None:
        """The differing pairs with a sample, and how many clients the new side had by then."""
        pairs = total(since.last, caught.routes)
        shadowed = self.record.flips[0].at if self.record.flips else 0.0
        self.record.caught = CaughtRecord(
            at=self.now(),
            pairs=pairs.completed,
            mismatched=pairs.mismatched,
            differences=await self.world.differences(caught.routes),
            clients=since.last.answered("new") - self.record.samples[0].answered("new"),
            after=self.now() - shadowed,
        )
        for one in self.record.caught.differences[:3]:
            self.say(
                f"{one.route} {one.path}: {one.count} pairs, e.g. {one.target}: "
                f"legacy {one.legacy}, new {one.new}{related(one)}"
            )


MOVING = (actions.Flip, actions.Edit, actions.Migrate, actions.Follow, actions.Approve)
ACTIONS: dict[type[actions.Action], Callable[..., Awaitable[None]]] = {
    actions.BringUp: Runner.bring_up,
    actions.LetIn: Runner.let_in,
    actions.Flip: Runner.flip,
    actions.Edit: Runner.flip,
    actions.Migrate: Runner.migrate,
    actions.SeeItStop: Runner.see_it_stop,
    actions.Follow: Runner.follow,
    actions.Approve: Runner.approve,
    actions.AskForRefusal: Runner.ask_for_refusal,
    actions.AskToRetire: Runner.ask_to_retire,
    actions.Mend: Runner.mend,
    actions.Forget: Runner.forget,
    actions.EditPrices: Runner.edit_prices,
    actions.StopLegacy: Runner.stop_legacy,
    actions.LegacyIsBack: Runner.legacy_is_back,
    actions.SendHome: Runner.send_home,
    **dict.fromkeys(OWNING, Runner.owning),
}
