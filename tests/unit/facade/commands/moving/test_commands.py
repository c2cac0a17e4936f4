"""The commands that steer walks, through the admin port's own endpoints, without a socket."""

import asyncio
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
from click.testing import CliRunner
from fastapi.encoders import jsonable_encoder
from fastapi.routing import APIRoute

from chassis.cli.calls import NoAnswer, Refusal
from chassis.web.app import Problem
from facade.commands.cli import main
from facade.commands.moving import asking, migrate
from facade.control.admin.endpoints.moves import moves_router
from facade.journal.folder import segments
from facade.runtime.freeze import frozen
from tests.rigs.facade.control.guarding import FILE, World


class Refused(Refusal):
    """A problem, as it comes over the wire."""

    def __init__(self, problem: Problem) -> None:
        self.status = problem.status
        self.problem = {"title": problem.title, "detail": problem.detail}
        NoAnswer.__init__(self, "http://facade", problem.title)


class Played:
    """The admin port: `call` stands for a request."""

    def __init__(self, world: World) -> None:
        self.world, self.away = world, False
        routes = moves_router(world.guarding).routes
        self._routes = {
            (method, one.path): one.endpoint
            for one in routes if isinstance(one, APIRoute) for method in one.methods
        }  # fmt: skip

    def call(self, url: str, query: Mapping[str, str | None], *, method: str = "GET") -> Any:
        if self.away:
            raise NoAnswer(url, "connection refused")
        path = url.removeprefix("http://facade")
        given: dict[str, Any] = {name: value for name, value in query.items() if value}
        for name in ("pairs", "limit"):
            if name in given:
                given[name] = int(given[name])
        try:
            endpoint = self._routes[method, path]
            form = get_args(endpoint.__annotations__.get("query"))  # a model of the whole query
            found = endpoint(form[0](**given)) if form else endpoint(**given)
            if asyncio.iscoroutine(found):
                found = asyncio.run(self._with_master(found))
        except Problem as problem:
            raise Refused(problem) from None
        return jsonable_encoder(found)

    async def _with_master(self, work: Any) -> Any:
        master = asyncio.create_task(self.world._master())
        try:
            return await work
        finally:
            master.cancel()


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Played]:
    def begin(stage: str = "legacy") -> Played:
        world = World(tmp_path, FILE.replace("stage: legacy", f"stage: {stage}"))
        world.turns()
        played = Played(world)
        monkeypatch.setattr(asking, "call_json", played.call)
        monkeypatch.setenv("FACADE_ADMIN", "http://facade")
        monkeypatch.setenv("FACADE_ROUTES", str(world.routes))

        def pass_time(_seconds: float) -> None:
            for route in ("item", "list"):
                world.pairs(route, 20)
            world.turns()

        monkeypatch.setattr(migrate.time, "sleep", pass_time)
        return played

    return begin


def fig(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, words)
    return done.exit_code, done.output


def test_a_walk_is_followed_to_its_end(play: Callable[..., Played]) -> None:
    world = play().world
    code, said = fig("migrate", "item", "--as", "anna", "--why", "it is time")
    assert code == 0, said
    assert said.splitlines()[0] == "item, list: legacy → shadow → canary 20% → canary 60% → new"
    assert said.splitlines()[-1] == "item, list: done, at new"
    assert world.stands("list") == "new"
    code, said = fig("journal", "--route", "item", "--limit", "3")
    assert "item: canary 60% → new" in said
    assert "anna" in said


def test_a_dry_run_changes_nothing(play: Callable[..., Played]) -> None:
    world = play("shadow").world
    code, said = fig("migrate", "item", "--dry-run", "--approve", "new")
    assert code == 0
    assert said.splitlines() == [
        "item, list: from shadow to new",
        "  canary 20%: 0 more of 0 clients",
        "  canary 60%: 0 more of 0 clients",
        "  new: 0 more of 0 clients (needs fig approve)",
        "  before the first step: stays 1 s more; item: 0 pairs, 0 differ, at most 100 %: needs"
        " about 7 more pairs, and none come; list: 0 pairs, 0 differ, at most 100 %: needs about"
        " 7 more pairs, and none come",
    ]
    assert world.guarding.record.walks == []


def test_pause_resume_approve_and_abort(play: Callable[..., Played]) -> None:
    world = play("shadow").world
    plan = ("--plan", "quick", "--approve", "20", "--time", "0", "--pairs", "1", "--bound", "90%")
    assert fig("migrate", "item", "--detach", *plan)[0] == 0
    assert fig("migrate", "list", "--detach")[0] == 1  # it walks already
    assert "paused by" in fig("migrate", "item", "--pause", "--as", "anna")[1]
    world.turns(2)
    assert world.stands() == "shadow"
    assert fig("approve", "item")[0] == 1
    assert fig("migrate", "item", "--resume")[0] == 0
    for route in ("item", "list"):
        world.pairs(route, 20)
    world.turns()
    assert "needs a person's word" in world.guarding.record.walks[0].words
    assert fig("approve", "item", "--as", "ben")[0] == 0
    world.turns()
    assert world.stands() == "canary 20%"
    assert "aborted" in fig("migrate", "item", "--abort")[1]
    code, said = fig("migrate", "item", "--abort")
    assert (code, "is on no walk" in said) == (1, True)


def test_a_walk_that_pauses_ends_the_command_with_its_reason(play: Callable[..., Played]) -> None:
    world = play("shadow").world
    world.behind = None  # the facade refuses a step whose lag is not known
    code, said = fig("migrate", "item", "--json")
    assert code == 1
    answer = json.loads(said)
    assert answer["ok"] is False
    assert "how far fresh is behind legacy is not known" in answer["walk"]["words"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("migrate", "itm"), "no route 'itm' (did you mean 'item'?)"),
        (("migrate", "item", "--to", "retired"), "nothing leads back out of retired"),
        (("migrate", "item", "--to", "legacy"), "for the way back use fig flip --walk"),
        (("migrate", "item", "--plan", "5,x"), "the plan '5,x'"),
        (("migrate", "item", "--time", "soon"), "the time at each step"),
        (("undo",), "the journal knows no move to take back"),
    ],
)
def test_what_cannot_be_done_says_what_can(
    play: Callable[..., Played], words: tuple[str, ...], said: str
) -> None:
    play()
    code, answer = fig(*words)
    assert code == 1
    assert said in answer


def test_a_place_that_is_none_is_bad_input(play: Callable[..., Played]) -> None:
    play()
    code, said = fig("migrate", "item", "--to", "canari 5")
    assert code == 2
    assert "expected a stage, or canary and a percentage" in said


def test_where_no_facade_answers_it_says_what_to_do(play: Callable[..., Played]) -> None:
    play().away = True
    code, said = fig("undo")
    assert code == 1
    assert "no facade answers at http://facade" in said
    assert "--admin" in said


def test_undo(play: Callable[..., Played]) -> None:
    world = play("shadow").world
    world.edit(world.routes.read_text().replace("stage: shadow", "stage: canary\n    percent: 20"))
    world.turns()
    code, said = fig("undo", "item", "--why", "too early")
    assert (code, said) == (0, "item: back at shadow\nlist: back at shadow\n")


def test_freeze_needs_no_facade(play: Callable[..., Played]) -> None:
    world = play().world
    assert fig("freeze", "--off")[0] == 1
    assert fig("freeze", "--as", "anna", "--why", "a release")[0] == 0
    found = frozen(world.routes)
    assert found is not None
    assert (found.who, found.why) == ("anna", "a release")
    assert fig("freeze", "--off")[0] == 0
    assert frozen(world.routes) is None
    code, said = fig("freeze", "--routes", str(world.routes.parent / "nowhere" / "routes.yaml"))
    assert (code, "cannot write" in said) == (2, True)


def test_the_journal_is_verified_with_and_without_a_facade(play: Callable[..., Played]) -> None:
    world = play().world
    folder = world.runtime / "journal"
    assert fig("journal", "verify")[1] == "all 1 entries are as they were written\n"
    path = segments(folder)[0]
    path.write_text(path.read_text().replace("the journal begins", "the journal begun "))
    for where in ((), ("--folder", str(folder))):
        code, said = fig("journal", "verify", *where)
        assert code == 1
        assert "entry 1 (journal-000001.jsonl:1): altered" in said
    assert "found" in fig("journal", "--folder", str(folder))[1]


def test_what_is_announced_is_what_the_journal_says(play: Callable[..., Played]) -> None:
    played = play("shadow")
    query = {"routes": "item", "to": "legacy", "who": "anna", "why": "x", "source": "fig flip"}
    assert played.call("http://facade/api/moves/announce", query, method="POST") == {
        "announced": "legacy"
    }
    played.world.edit(played.world.routes.read_text().replace("stage: shadow", "stage: legacy", 1))
    played.world.turns()
    answer = played.call("http://facade/api/journal", {"route": "item"})["entries"][-1]
    assert (answer["who"], answer["by"], answer["why"]) == ("anna", "person", "x")


def test_guards_are_shown_with_their_findings(play: Callable[..., Played]) -> None:
    played = play("shadow")
    played.world.pairs("item", 5, 5)
    played.world.turns()
    answer = played.call("http://facade/api/guards", {})
    (guard,) = answer["guards"]
    assert (guard["route"], guard["kind"], guard["on_breach"]) == ("item", "back", "shadow")
    assert guard["findings"][0]["numbers"]["differ"] == 5
    assert answer["stopped"] == ""
