"""Guards that act: on which evidence, how far, and who comes first."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from facade.control.guarding import guarding
from facade.journal.entry import Event
from facade.journal.folder import verify
from facade.routes.config.domainfile import Domain
from facade.routes.table import compile_table
from facade.runtime.freeze import remove_freeze, write_freeze
from tests.rigs.facade.control.guarding import World

Make = Callable[..., World]


def test_a_refuted_limit_moves_the_company_back_and_the_journal_says_why(make_world: Make) -> None:
    world = make_world("canary", 50)
    world.turns()
    world.pairs("item", 50, 10)
    world.turns()
    assert (world.stands(), world.stands("list")) == ("shadow", "shadow")
    assert world.moves() == world.moves("list") == ["canary 0%", "shadow"]
    entry = world.events(Event.MOVE)[0]
    assert (entry.who, entry.by, entry.before) == ("facade", "guard", "canary 50%")
    assert entry.why.startswith("mismatch of item: 10 of 60 pairs differ: surely more than")
    assert entry.evidence["mismatch.differ"] == 10
    assert entry.sealed.endswith(entry.sealed.split()[1])
    assert "# the one that moves" in world.routes.read_text()
    assert verify(world.runtime / "journal") == []


def test_a_reset_renews_the_budget_and_is_journalled(make_world: Make) -> None:
    world = make_world("canary", 50)
    world.turns()
    world.pairs("item", 0, 1)
    world.guarding.reset(["item"], "anna", "mended")
    world.turns()
    assert world.guarding.watching.windows["item"].pairs.mismatched == 0
    (entry,) = world.events(Event.RESET)
    assert (entry.route, entry.who) == ("item", "anna")
    assert entry.why == "evidence and error budget begin again: mended"


def test_a_route_whose_data_the_new_side_owns_is_never_moved_back_by_itself(
    make_world: Make,
) -> None:
    world = make_world("canary", 50)
    world.turns()
    assert world.tables.table is not None
    file = world.tables.table.file  # as it will be after a cutover
    routes = tuple(replace(route, domain="goods") for route in file.routes)
    after = replace(file, routes=routes, domains={"goods": Domain("goods", "new")})
    world.tables.table = compile_table(after)
    world.pairs("item", 50, 10)
    world.turns(2)
    assert world.stands() == world.stands("list") == "canary 50%"
    assert world.kind() == "pause"
    words = world.guarding.watching.verdicts["item"].words
    assert words.startswith("10 of 60 pairs differ: surely more than")
    assert words.endswith("the new side owns its domain 'goods' (fig cutover goods --back)")


def test_a_route_moves_back_without_those_of_its_seed_whose_data_the_new_side_owns(
    make_world: Make,
) -> None:
    world = make_world("canary", 50)
    world.turns()
    assert world.tables.table is not None
    file = world.tables.table.file
    routes = tuple(replace(r, domain="goods") if r.name == "list" else r for r in file.routes)
    after = replace(file, routes=routes, domains={"goods": Domain("goods", "new")})
    world.tables.table = compile_table(after)
    world.pairs("item", 50, 10)
    world.turns()
    assert world.stands() == "shadow"
    assert world.stands("list") == "canary 50%"
    assert world.events(Event.MOVE)[0].why.endswith(
        "; not moved, since the new side owns their data: list"
    )


def test_frozen_nothing_moves_and_both_are_entered(make_world: Make) -> None:
    world = make_world("canary", 50)
    world.turns()
    write_freeze(world.routes, "anna", "a release", world.now)
    world.pairs("item", 5, 5)
    world.turns(2)
    assert world.stands() == "canary 50%"
    assert world.guarding.stopped() == "frozen by anna: a release (fig freeze --off)"
    remove_freeze(world.routes)
    world.turns()
    assert world.stands() == "shadow"
    assert [one.why for one in world.events(Event.FREEZE)] == [
        "automatic moves stop: a release", "automatic moves are allowed again",
    ]  # fmt: skip


def test_a_journal_that_is_away_stops_walks_but_no_move_back(
    make_world: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world("canary", 50)
    world.turns()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(world.guarding.journal, "_write", full)
    world.pairs("item", 5, 5)
    world.turns()
    assert world.stands() == "shadow"
    assert "No space left on device" in world.guarding.observer.away


def test_an_edit_by_hand_names_the_files_owner(make_world: Make) -> None:
    world = make_world("shadow")
    world.turns()
    world.edit(world.routes.read_text().replace("shadow", "legacy", 1))
    world.turns()
    (entry,) = world.events(Event.MOVE)
    assert (entry.route, entry.before, entry.after, entry.by) == (
        "item",
        "shadow",
        "legacy",
        "file",
    )
    assert entry.who == world.routes.owner()


async def test_a_request_ends_the_rest_of_the_guards(
    make_world: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarding, "QUIET_SECONDS", 3600.0)
    monkeypatch.setattr(guarding, "LOOK_SECONDS", 0.0)
    world, looks = make_world("canary", 50), [0]
    world.now += 100.0  # nobody has asked for long

    async def look(_now: float) -> None:
        looks[0] += 1

    monkeypatch.setattr(world.guarding, "look", look)
    running = asyncio.create_task(world.guarding.run())
    await asyncio.sleep(0.05)
    assert looks[0] == 1
    world.counters = world.counters | {"routes": {}}  # a worker's counters come as new ones
    world.count(1, 0, 1, 0)
    world.publish()
    async with asyncio.timeout(20):
        while looks[0] < 5:  # noqa: ASYNC110 - it sets no event
            await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def test_that_legacy_has_gone_is_entered_once_for_each_reason(make_world: Make) -> None:
    world = make_world("canary", 50)
    world.turns()
    for why in ("out of the file", "out of the file", "dropped"):
        assert world.guarding.farewell("eva", why, "fig farewell on h")
    entries = world.events(Event.FAREWELL)
    assert [(one.who, one.why) for one in entries] == [
        ("eva", "out of the file"), ("eva", "dropped"),
    ]  # fmt: skip
    assert verify(world.runtime / "journal") == []
