"""`fig migrate`: looks at each walk, and takes the step that is due."""

from facade.control.guarding import hooks
from facade.control.guarding.hooks import Happened
from facade.control.guarding.moving import EditedFirst, NotMoved
from facade.control.guarding.record import Intent, active_walk, walking
from facade.control.guarding.requesting import Parts
from facade.guard.plan import NoWay
from facade.guard.position import Position, of
from facade.guard.walk import State, Walk, estimate, furthest_behind, next_of
from facade.routes.file.edit.flip import Flip
from facade.routes.stages import Stage


class Walks:
    """All walks of this facade."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def carry_on(self, now: float) -> None:
        """Look at each walk, and take the steps that are due."""
        for walk in walking(self._parts.record):
            await self._look(walk, now)

    async def _look(self, walk: Walk, now: float) -> None:
        try:
            standing = self._parts.known.standing(walk)
        except NoWay as gone:
            walk.pause(str(gone))
            return
        here = str(furthest_behind(standing))
        if here != walk.stands:
            walk.stands, walk.since, walk.hook_done = here, now, ""
        found = next_of(walk, standing, now)
        if found.step is not None and found.step.stage in (Stage.CANARY, Stage.NEW):
            found = next_of(walk, self._parts.known.standing(walk, found.step), now)
        walk.words, walk.seconds = found.words, estimate(walk, standing, found)
        if found.done:
            await self._done(walk, now)
        elif found.step is not None:
            await self._step(walk, found.step, now)

    async def _step(self, walk: Walk, step: Position, now: float) -> None:
        happened = Happened(
            hooks.BEFORE, walk.routes, walk.stands, str(step), walk.why, walk.who, walk.id
        )
        if walk.hook_done != str(step):
            refused = await hooks.call(self._parts.known.hooks(), happened)
            if refused:
                walk.pause(f"the hook before {step} does not agree: {refused}")
                self._parts.note(walk, walk.who, walk.words, self._parts.source, now)
                return
            walk.hook_done = str(step)
            if next_of(walk, self._parts.known.standing(walk), now).step != step:
                return  # it took its time, and things changed
        flips = self._flips(walk, step)
        approver = walk.approved.get(str(step), "")
        intent = Intent(
            {flip.route: str(step) for flip in flips}, walk.who, "walk",
            walk.why or f"a walk to {walk.to}", self._parts.source, now,
            self._parts.known.numbers(walk), approver,
        )  # fmt: skip
        self._parts.record.intents.append(intent)
        self._parts.save()
        try:
            await self._parts.mover.edit(flips)
        except EditedFirst as first:
            walk.words = str(first)
            return
        except NotMoved as reason:
            walk.pause(f"{step}: {reason}")
            self._parts.save()
            return
        await hooks.call(self._parts.known.hooks(), Happened(
            hooks.AFTER, walk.routes, walk.stands, str(step), walk.why, walk.who, walk.id
        ))  # fmt: skip

    async def _done(self, walk: Walk, now: float) -> None:
        walk.state, walk.ended = State.DONE, now
        self._parts.note(walk, walk.who, f"done: {walk.to}", self._parts.source, now)
        await hooks.call(self._parts.known.hooks(), Happened(
            hooks.DONE, walk.routes, walk.stands, walk.to, walk.why, walk.who, walk.id
        ))  # fmt: skip

    def _flips(self, walk: Walk, step: Position) -> list[Flip]:
        return [
            Flip(one.name, step.stage, step.percent)
            for one in self._parts.known.configs(walk.routes)
            if of(one).rank < step.rank
        ]

    def edited_by_hand(self, route: str, after: str, who: str) -> None:
        """A person moved a route of a walk: the walk waits for a word."""
        walk = active_walk(self._parts.record, route)
        if walk is not None and walk.state is State.WALKING:
            walk.pause(f"{who} moved {route} to {after}: fig migrate {route} --resume goes on")
