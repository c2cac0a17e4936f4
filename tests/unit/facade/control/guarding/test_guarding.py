"""Guards that act: on which evidence, how far, and who comes first."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from facade.control.guarding import guarding
from facade.control.guarding.moving import NotMoved
from facade.control.guarding.requesting import WalkRequest
from facade.guard.limits import run_until_over
from facade.guard.plan import NoWay
from facade.guard.position import parse
from facade.guard.retreat import company
from facade.guard.walk import State
from facade.journal.entry import Event
from facade.journal.folder import verify
from facade.routes.config.domainfile import Domain
from facade.routes.decision import bucket_of
from facade.routes.table import compile_table
from facade.runtime.freeze import remove_freeze, write_freeze
from tests.rigs.facade.guarding import World

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


def test_errors_of_clients_count_from_the_beginning_of_the_window(make_world: Make) -> None:
    world = make_world("canary", 50)
    world.count(200, 150, 200, 0)  # before the guard looked for the first time
    world.turns()
    assert world.stands() == "canary 50%"
    world.count(400, 150, 400, 0)
    world.turns()
    assert world.stands() == "canary 50%"
    world.count(500, 250, 500, 0)
    world.turns()
    assert world.stands() == "shadow"


def test_pairs_of_an_earlier_stage_say_nothing(make_world: Make) -> None:
    world = make_world("canary", 50)
    world.turns()
    world.pairs("item", 0, 1)
    text = world.routes.read_text().replace("percent: 50", "percent: 51")
    world.edit(text)  # a person's edit begins a new window
    world.turns()
    world.pairs("item", 500, 1)
    world.turns()
    assert world.stands() == "canary 51%"
    assert world.guarding.watching.windows["item"].pairs.mismatched == 1


def test_a_persons_edit_that_is_not_in_force_yet_comes_first(make_world: Make) -> None:
    world = make_world("canary", 50)
    world.turns()
    world.pairs("item", 50, 10)
    edited = world.routes.read_text().replace("percent: 50", "percent: 5")

    async def look() -> None:
        world.routes.write_text(edited)  # the master has not seen it
        await world.guarding.look(world.now)

    import asyncio

    asyncio.run(look())
    assert world.routes.read_text() == edited
    world.turns()
    assert world.stands() == "canary 5%"
    assert world.guarding.record.retreats == []
    world.turns(3)
    assert world.stands() == "canary 5%"  # the new window has no evidence against it
    assert world.events(Event.MOVE)[0].by == "file"


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


def test_our_own_failure_holds_and_moves_nobody(make_world: Make) -> None:
    world = make_world("canary", 50)
    world.turns()
    world.unjudged = 9.0
    world.turns()
    assert world.kind() == "hold"
    verdict = world.guarding.watching.verdicts["item"]
    assert "nothing is compared: 9 pairs wait, none judged for 9 s" in verdict.words
    world.unjudged = 0.0
    world.fleet.lost(world.workers[1])
    world.turns()
    assert "1 of 2 workers speak" in world.guarding.watching.verdicts["item"].words
    assert world.stands() == "canary 50%"


def breaker(state: str) -> dict[str, Any]:
    return {
        "connections": 0,
        "idle": 0,
        "breaker": {"read": {"state": state, "for": 1.0, "why": "x"}},
    }


@pytest.mark.parametrize(("seconds", "kind"), [(29.0, "pause"), (30.0, "hold")])
def test_a_half_open_breaker_to_which_nobody_sends_pauses_no_guard_for_ever(
    make_world: Make, seconds: float, kind: str
) -> None:
    """No client is on the new side any more, so nobody would ever probe it."""
    world = make_world("shadow")
    fresh = breaker("half-open")
    fresh["breaker"]["read"]["for"] = seconds
    world.counters["upstreams"] = {"fresh": fresh}
    world.turns()
    assert world.kind() == kind


def test_an_approval_that_is_not_due_says_why_it_is_not_due_now(make_world: Make) -> None:
    """And not why it was not at the last look: a guard that has paused since is the reason."""
    world = make_world("shadow")
    world.turns()
    request = WalkRequest(("item",), parse("new"), None, "anna", "", "test")
    walk = world.guarding.requests.begin(request, world.now)
    world.turns()
    said = walk.words
    assert said
    world.pairs("item", 50, 10)
    asyncio.run(world.guarding.look(world.now))
    with pytest.raises(NoWay, match="nothing waits for a word now: item: 10 of 60 pairs") as error:
        world.guarding.requests.change(["item"], "approve", "ben", "test", world.now)
    assert said not in str(error.value)


@pytest.mark.parametrize("cause", ["breaker", "lag", "registry"])
def test_a_new_side_that_is_gone_is_a_cause(make_world: Make, cause: str) -> None:
    world = make_world("canary", 50)
    world.turns()
    if cause == "breaker":
        world.counters["upstreams"] = {"fresh": breaker("open"), "legacy": breaker("closed")}
    elif cause == "registry":
        world.guarding.watching.expect(["fresh"])  # as an earlier process saw it
        world.guarding.watching.services(frozenset(), world.now)
    for behind in (6.0, 6.5, 7.0, 7.5):
        world.behind = behind if cause == "lag" else 0.1
        world.turns()
    assert world.stands() == "shadow"
    assert world.events(Event.MOVE)[0].why.startswith(f"{cause} of item: ")


def test_a_feed_that_stands_still_holds(make_world: Make) -> None:
    world = make_world("canary", 50)
    for behind in (6.0, 8.0, 10.0, 12.0):  # a look comes every two seconds
        world.behind = behind
        world.turns()
    assert world.stands() == "canary 50%"
    assert "its watermark stands still" in world.guarding.watching.verdicts["item"].words


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


def test_in_shadow_there_is_nothing_to_move_but_something_to_say_once(make_world: Make) -> None:
    world = make_world("shadow")
    world.turns()
    world.pairs("item", 5, 5)
    world.turns(3)
    assert world.stands() == "shadow"
    (entry,) = world.events(Event.GUARD)
    assert entry.why.endswith("it stays in shadow")


def test_in_shadow_an_outage_that_is_over_counts_no_more(make_world: Make) -> None:
    """A new side that is well again makes no pair that speaks of errors: nothing but the pairs in
    which it does not fail can say so."""
    world = make_world("shadow")
    world.turns()
    world.failing_pairs("item", 40)
    world.turns(6)  # longer than a window must have lasted
    assert world.kind() == "back"
    words = world.guarding.watching.verdicts["item"].words
    assert words.endswith("starts at zero after 6 more pairs without a failure of new, or a reset")
    world.pairs("item", 5)
    world.turns()
    assert world.kind() == "back"
    world.failing_pairs("item", 1)
    world.pairs("item", 5)
    world.turns()
    assert world.kind() == "back"
    missing = run_until_over(world.guarding.watching.windows["item"].pairs)
    world.pairs("item", missing)
    world.turns(2)
    assert world.kind() == "hold"
    over, stays = [entry.why for entry in world.events(Event.GUARD)][::-1]
    assert stays.endswith("it stays in shadow")
    assert (
        over
        == f"in the last {5 + missing} pairs the new side did not fail: its errors start at zero"
    )
    world.failing_pairs("item", 40)
    world.turns()
    assert world.kind() == "back"
    assert len(world.events(Event.GUARD)) == 3


def test_pairs_that_differ_are_not_over_by_themselves(make_world: Make) -> None:
    """What is wrong in the code is mended by a person, who says so: `fig compare --reset`."""
    world = make_world("shadow")
    world.turns()
    world.failing_pairs("item", 40)
    world.pairs("item", 0, 5)
    world.turns(6)
    world.pairs("item", 40)
    world.turns(2)
    assert world.kind() == "back"
    assert world.guarding.watching.windows["item"].pairs.mismatched == 5


def test_a_walk_counts_pairs_in_doubt(make_world: Make) -> None:
    world = make_world("shadow")
    request = WalkRequest(("item",), parse("new"), None, "anna", "it is time", "a test")
    world.turns()
    world.guarding.requests.begin(request, world.now)
    for route in ("item", "list"):
        world.pairs(route, 20)
    world.in_doubt["item"] = 30
    world.turns(2)
    assert world.stands() == "shadow"
    world.in_doubt["item"] = 0
    world.turns()
    assert world.stands() == "canary 20%"


def test_a_walk_that_looks_first_after_an_edit_by_hand_pauses_too(make_world: Make) -> None:
    world = make_world("shadow")
    world.turns()
    request = WalkRequest(
        ("item", "list"), parse("canary 20%"), None, "anna", "it is time", "a test"
    )
    world.guarding.requests.begin(request, world.now)
    text = world.routes.read_text().replace("stage: shadow", "stage: canary\n    percent: 20")
    world.edit(text)
    asyncio.run(world.guarding.walk(world.now))
    (walk,) = world.guarding.record.walks
    assert walk.state is State.PAUSED
    assert f"{world.routes.owner()} moved" in walk.words


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
    import asyncio

    from facade.control.guarding.record import Intent
    from facade.guard.plan import NoWay

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


def test_a_walk_pauses_also_where_a_person_took_it_to_its_end(make_world: Make) -> None:
    world = make_world("shadow")
    world.turns()
    goal = parse("canary 20%")
    request = WalkRequest(("item",), goal, None, "anna", "", "fig migrate")
    walk = world.guarding.requests.begin(request, world.now)
    # The walk looks before the guards do.
    world.edit(world.routes.read_text().replace("stage: shadow", "stage: canary\n    percent: 20"))
    asyncio.run(world.guarding.walk(world.now))
    assert walk.state is State.PAUSED
    assert "moved item to canary 20%" in walk.words or "moved list to canary 20%" in walk.words


def test_a_forward_edit_that_the_facade_refuses_does_not_stay_in_the_file(
    make_world: Make,
) -> None:
    import asyncio

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
