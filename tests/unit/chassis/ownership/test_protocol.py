"""Every interleaving of crash, freeze and late message, searched through: never two owners, no
write unknown to the next owner, and one look of a living instance ends each of them with one owner.

A process that crashed or froze is one that is not chosen any more; one that wakes up late is chosen
again. A message that is late lies in `flight` while its sender has given up already.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from chassis.ownership import protocol
from chassis.ownership.protocol import Ending
from chassis.ownership.record import Fence, Owner, Phase, Record

TO_NEW = ("claim", "close", "fenced", "reach", "switch")
TO_LEGACY = ("claim", "fenced", "reach", "switch", "open", "settle")
STEPS = {Owner.NEW: TO_NEW, Owner.LEGACY: TO_LEGACY}
ENDINGS = {Ending.OPEN: ("open", "settle"), Ending.SETTLE: ("settle",)}


@dataclass(frozen=True)
class Actor:
    """A process with what it still wants to do. `read`: it has all that the owner wrote."""

    attempt: int
    toward: Owner
    todo: tuple[str, ...]
    read: bool = False


@dataclass(frozen=True)
class World:
    """Both rows, who knows every write, the processes, and a message that is late."""

    record: Record
    fence: Fence
    knows: frozenset[Owner] = frozenset({Owner.LEGACY})
    actors: tuple[Actor, ...] = ()
    flight: tuple[tuple[str, Actor], ...] = ()
    begun: int = 0
    taken: int = 0

    def may_write(self, side: Owner) -> bool:
        if side is Owner.LEGACY:
            return self.fence.open
        return self.record.writer is Owner.NEW

    def applied(self, actor: Actor, step: str) -> "tuple[World, Actor] | None":
        """After the actor's step has arrived; None: it does not hold."""
        record, fence, attempt = self.record, self.fence, actor.attempt
        if step == "reach":
            return self, replace(actor, read=actor.toward.other in self.knows)
        if step in ("claim", "close", "open"):
            moved = {
                "claim": lambda: protocol.claim(fence, attempt),
                "close": lambda: protocol.close(fence, attempt, record.epoch + 1),
                "open": lambda: protocol.open_again(fence, attempt, record.epoch),
            }[step]()
            return None if moved is None else (replace(self, fence=moved), actor)
        after = {
            "fenced": lambda: protocol.fenced(record, attempt, {}),
            "switch": lambda: protocol.switch(record, attempt, 7),
            "settle": lambda: protocol.settle(record, attempt, ""),
        }[step]()
        if after is None:
            return None
        knows = self.knows | ({actor.toward} if step == "switch" and actor.read else set())
        return replace(self, record=after, knows=knows), actor

    def ended(self, after: Record) -> "World":
        """With somebody who ends the attempt that he has taken over."""
        todo = ENDINGS[protocol.ending(after)]
        mender = Actor(after.attempt, Owner.LEGACY, todo)
        return replace(self, record=after, actors=(*self.actors, mender), taken=self.taken + 1)


def nexts(world: World, begins: int, takeovers: int) -> Iterator[World]:
    """Every world that one event makes of this one."""
    for side in Owner:
        if world.may_write(side):
            unread = tuple(replace(actor, read=False) for actor in world.actors)
            yield replace(world, knows=frozenset({side}), actors=unread)
    for toward in Owner:
        after = protocol.begin(world.record, toward, "somebody")
        if after is not None and world.begun < begins:
            driver = Actor(after.attempt, toward, STEPS[toward])
            actors = (*world.actors, driver)
            yield replace(world, record=after, actors=actors, begun=world.begun + 1)
    if world.record.phase is not Phase.SETTLED and world.record.held:
        yield replace(world, record=replace(world.record, held=False))
    if world.taken < takeovers:
        after = protocol.take_over(world.record)
        if after is not None:
            yield world.ended(after)
    for place, actor in enumerate(world.actors):
        if actor.todo:
            yield from _stepped(world, place, actor, takeovers)
    for step, sender in world.flight:
        arrived = world.applied(sender, step)
        yield replace(world if arrived is None else arrived[0], flight=())


def _stepped(world: World, place: int, actor: Actor, takeovers: int) -> Iterator[World]:
    step, *rest = actor.todo

    def with_actor(after: World, changed: Actor) -> World:
        actors = (*after.actors[:place], changed, *after.actors[place + 1 :])
        return replace(after, actors=actors)

    arrived = world.applied(actor, step)
    if arrived is None or (step == "reach" and not arrived[1].read):
        yield with_actor(world, replace(actor, todo=()))
    else:
        yield with_actor(arrived[0], replace(arrived[1], todo=tuple(rest)))
    if not world.flight and world.taken < takeovers:
        late = replace(with_actor(world, replace(actor, todo=())), flight=((step, actor),))
        after = protocol.give_up(world.record, actor.attempt)
        yield late if after is None else late.ended(after)


def check(world: World) -> None:
    """Never two owners; a side that may write knows all that was written before."""
    writers = [side for side in Owner if world.may_write(side)]
    assert len(writers) < 2, f"two owners: {world}"
    assert set(writers) <= world.knows, f"{writers} may write, and lacks a write: {world}"
    settled = _looked_at(world)
    assert [settled.may_write(side) for side in Owner].count(True) == 1, f"stuck: {world}"


def _looked_at(world: World) -> World:
    """Everybody is dead, the lease is over, and one instance looks once."""
    if world.record.phase is Phase.SETTLED:
        return world
    after = protocol.take_over(replace(world.record, held=False))
    assert after is not None
    world = world.ended(after)
    mender = world.actors[-1]
    for step in mender.todo:
        arrived = world.applied(mender, step)
        assert arrived is not None, f"{step} does not hold: {world}"
        world = arrived[0]
    return world


def explore(begins: int, takeovers: int) -> set[World]:
    """All worlds that can be come to."""
    first = World(Record("goods"), Fence())
    seen, frontier = {first}, [first]
    while frontier:
        world = frontier.pop()
        check(world)
        for each in nexts(world, begins, takeovers):
            actors = tuple(actor for actor in each.actors if actor.todo)
            each = replace(each, actors=actors)
            if each not in seen:
                seen.add(each)
                frontier.append(each)
    return seen


@pytest.mark.parametrize(("begins", "takeovers"), [(1, 3), (2, 3), (3, 2)])
def test_interleavings_all_end_with_one_owner(begins: int, takeovers: int) -> None:
    seen = explore(begins, takeovers)
    owners = {(world.record.owner, world.record.phase) for world in seen}
    assert (Owner.NEW, Phase.SETTLED) in owners
    if begins > 1:
        assert (Owner.LEGACY, Phase.OPENING) in owners
