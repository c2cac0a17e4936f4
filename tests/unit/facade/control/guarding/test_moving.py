"""Edits of the route file: a person comes first, and what cannot be written is overridden."""

import asyncio
from collections.abc import Callable

import pytest

from facade.control.guarding.moving import NotMoved
from facade.guard.plan import NoWay
from facade.guard.retreat import company
from facade.journal.entry import Event
from facade.routes.decision import bucket_of
from tests.rigs.facade.control.guarding import World

Make = Callable[..., World]


def test_a_persons_edit_that_is_not_in_force_yet_comes_first(make_world: Make) -> None:
    world = make_world("canary", 50)
    world.turns()
    world.pairs("item", 50, 10)
    edited = world.routes.read_text().replace("percent: 50", "percent: 5")

    async def look() -> None:
        world.routes.write_text(edited)  # the master has not seen it
        await world.guarding.look(world.now)

    asyncio.run(look())
    assert world.routes.read_text() == edited
    world.turns()
    assert world.stands() == "canary 5%"
    assert world.guarding.record.retreats == []
    world.turns(3)
    assert world.stands() == "canary 5%"  # the new window has no evidence against it
    assert world.events(Event.MOVE)[0].by == "file"


def test_what_cannot_be_written_is_overridden_until_the_file_is_edited(
    make_world: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world("canary", 50)
    world.turns()
    before = world.routes.read_text()

    def read_only(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("facade.control.guarding.moving.move_together", read_only)
    world.pairs("item", 5, 5)
    world.turns()
    assert (world.stands(), world.stands("list")) == ("shadow", "shadow")
    assert world.routes.read_text() == before
    override = world.guarding.mover.override
    assert override is not None
    assert override.why.endswith("(an override: " + f"{world.routes}: Read-only file system)")
    assert world.moves() == ["shadow"]
    world.killed()
    world.turns()
    assert world.stands() == "shadow"
    world.edit(before + "# a word\n")
    world.turns()
    assert world.stands() == "canary 50%"
    assert world.guarding.mover.override is None


def test_the_same_clients_are_in_the_canary_when_it_begins_again(make_world: Make) -> None:
    """Buckets hang on seed and key alone, so a move back changes nobody's bucket."""
    world = make_world("canary", 20)
    table = world.tables.table
    assert table is not None

    def inside() -> set[str]:
        route = world.tables.table and world.tables.table.match("GET", "/items")
        assert route
        return {f"c{n}" for n in range(500) if bucket_of(route.seed, f"c{n}") < route.threshold}

    before = inside()
    world.turns()
    world.pairs("item", 5, 5)
    world.turns()
    assert inside() == set()
    world.edit(world.routes.read_text().replace("stage: shadow", "stage: canary\n    percent: 20"))
    world.turns()
    assert inside() == before
    assert len(company(world.tables.routes(), "item")) == 2


def test_only_one_process_acts_on_a_file(make_world: Make) -> None:
    world = make_world("canary", 50)
    world.turns()
    from facade.control.guarding.holding import Holding

    other = Holding(world.routes, "another")
    assert not other.take()
    assert other.why_not.startswith("another facade acts on this file (facade on ")
    world.guarding.holding.release()
    assert other.take()


def test_undo_takes_a_step_forward_back_and_refuses_the_rest(make_world: Make) -> None:

    from facade.control.guarding.record import Intent

    world = make_world("shadow")
    world.turns()
    word = Intent({}, "anna", "person", "", "fig undo", world.now)
    with pytest.raises(NoWay, match="knows no move"):
        world.guarding.undo.last(None)
    # No look comes between the edit and the word.
    world.edit(world.routes.read_text().replace("stage: shadow", "stage: canary\n    percent: 20"))

    async def undo() -> dict[str, str]:
        master = asyncio.create_task(world._master())
        try:
            return await world.guarding.undo.take_back("item", word)
        finally:
            master.cancel()

    assert asyncio.run(undo()) == {"item": "shadow", "list": "shadow"}
    assert world.stands("list") == "shadow"
    world.turns()
    with pytest.raises(NoWay, match="led back"):
        asyncio.run(undo())


def test_a_forward_edit_that_the_facade_refuses_does_not_stay_in_the_file(
    make_world: Make,
) -> None:

    from facade.routes.file.edit.flip import Flip
    from facade.routes.stages import Stage

    world = make_world("shadow")
    world.behind = None
    world.turns()
    before = world.routes.read_text()

    async def edit() -> None:
        master = asyncio.create_task(world._master())
        try:
            await world.guarding.mover.edit([Flip("item", Stage.CANARY, 2_000)])
        finally:
            master.cancel()

    with pytest.raises(NotMoved, match="how far fresh is behind legacy is not known"):
        asyncio.run(edit())
    assert world.routes.read_text() == before
