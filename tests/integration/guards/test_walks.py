"""`fig migrate` on a real facade: forward by the evidence, back by a guard, on after a kill."""

import json
import os
import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.guards.conftest import Shop
from tests.rigs.processes.warm import WARM

pytestmark = pytest.mark.timeout(400)  # above what `until` waits, so that it says what it saw

FORWARD = [("legacy", "shadow"), ("shadow", "canary 20%"), ("canary 20%", "canary 60%"),
           ("canary 60%", "new")]  # fmt: skip


def fig(shop: Shop, *words: str) -> tuple[int, str]:
    """Exit code and output of a command of the facade."""
    environment = os.environ | {"FACADE_ADMIN": f"127.0.0.1:{shop.facade.admin}"}
    environment |= {"FACADE_ROUTES": str(shop.file)}
    done = WARM.run("facade", *words, env=environment, timeout=300)
    return done.returncode, done.stdout + done.stderr


def ways(shop: Shop, route: str = "item") -> list[tuple[str, str]]:
    return [(before, after) for name, before, after, _ in shop.moves() if name == route]


def walk(shop: Shop) -> Any:
    return shop.get("/api/walks")[-1]


def test_it_walks_to_the_new_side_with_those_of_its_seed(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop(stage="legacy")
    code, said = fig(shop, "migrate", "item", "--dry-run")
    assert code == 0, said
    assert "item, list: from legacy to new" in said
    with shop.load():
        code, said = fig(shop, "migrate", "item", "--as", "anna", "--why", "it is time")
        assert code == 0, said
        assert "item, list: done, at new" in said
    for route in ("item", "list"):
        assert ways(shop, route) == FORWARD
    moves = [one for one in shop.journal(limit="99") if one["event"] == "move"]
    assert {(one["who"], one["by"], one["why"]) for one in moves} == {
        ("anna", "walk", "it is time")
    }
    assert moves[-1]["evidence"]["item.differ"] == 0
    assert moves[-1]["evidence"]["item.pairs"] >= 20
    assert fig(shop, "journal", "verify")[0] == 0
    assert "anna by fig migrate" in fig(shop, "journal")[1]


def test_it_stops_at_a_fault_is_mended_and_goes_on(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop(stage="legacy")
    shop.fresh.wrong = 0.5  # no run of pairs without a fault is long enough for a step
    with shop.load():
        assert fig(shop, "migrate", "item", "--detach")[0] == 0
        shop.until("the guard says so", lambda: shop.guard()["kind"] == "back")
        shop.until("it stops", lambda: "surely more than" in walk(shop)["words"])
        shop.until("it is in shadow", lambda: shop.stage() == "shadow")
        assert not shop.fresh.seen
        shop.fresh.wrong = 0.0
        shop.post("/api/compare/reset", who="anna", why="mended")
        shop.until("it goes on to the end", lambda: walk(shop)["state"] == "done")
    assert ways(shop) == FORWARD
    events = [(one["event"], one["route"]) for one in shop.journal(limit="99")]
    assert ("guard", "item") in events
    assert ("reset", "item") in events


@pytest.mark.timeout(600)
def test_a_fault_in_the_canary_moves_it_back_and_after_two_it_asks(
    open_shop: Callable[..., Shop],
) -> None:
    shop = open_shop(stage="legacy", limits="max_error_ratio: 1.5")
    # The times of the plan are waited for here, not pairs: a quarter of the requests do.
    with shop.load(pause=0.04):
        fig(shop, "migrate", "item", "--detach", "--plan", "50", "--time", "5s", "--bound", "100%")
        for times in (1, 2):
            shop.until("it is in the canary", lambda: shop.stage() == "canary 50", 150)
            shop.fresh.failing = 0.5
            shop.until("it is moved back", lambda t=times: walk(shop)["backs"] == t)
            shop.until("it is in shadow", lambda: shop.stage() == "shadow")
            # The fault outlasts the move back, and pairs in shadow prove it, too.
            shop.until("the guard says so", lambda: shop.guard()["kind"] == "back")
            shop.fresh.failing = 0.0
    assert walk(shop)["state"] == "paused"
    assert "moved back 2 times" in walk(shop)["words"]
    code, said = fig(shop, "migrate", "item", "--resume")
    assert code == 0, said
    assert walk(shop)["state"] == "walking"
    code, said = fig(shop, "migrate", "item", "--abort")
    assert walk(shop)["state"] == "aborted"


def test_where_the_plan_says_so_a_person_is_asked(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop(stage="shadow")
    with shop.load():
        fig(shop, "migrate", "item", "--detach", "--approve", "20%")
        asked = "canary 20% needs a person's word: fig approve item,list"
        shop.until("it asks", lambda: walk(shop)["words"] == asked)
        assert fig(shop, "approve", "item", "--as", "ben")[0] == 0
        shop.until("it goes on", lambda: walk(shop)["state"] == "done")
    first = next(one for one in shop.journal(limit="99") if one["after"] == "canary 20%")
    assert first["approver"] == "ben"
    code, said = fig(shop, "approve", "item")
    assert code == 1
    assert "is on no walk" in said


def test_hooks_are_called_and_may_disagree(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop(stage="legacy")
    calls, script = shop.file.with_name("calls"), shop.file.with_name("hook.sh")
    script.write_text(
        f'#!/bin/sh\necho "$FIG_EVENT $FIG_ROUTES $FIG_FROM > $FIG_TO by $FIG_WHO" >> {calls}\n'
        f'[ "$FIG_EVENT $FIG_TO" != "before-step canary 60%" ] || [ -e {calls}.yes ] || '
        "{ echo not on a Friday; exit 3; }\n"
    )
    script.chmod(0o755)
    hooks = f"facade: {{hooks: {{command: [{script}]}}, "
    without = shop.get("/api/status")["version"]
    shop.facade.save(shop.file.read_text().replace("facade: {", hooks, 1))
    shop.until("the hooks are known", lambda: shop.get("/api/status")["version"] != without)
    with shop.load():
        fig(shop, "migrate", "item", "--detach", "--as", "anna")
        shop.until("it pauses", lambda: walk(shop)["state"] == "paused")
        assert walk(shop)["words"].endswith("hook.sh ended with 3: not on a Friday")
        calls.with_name("calls.yes").touch()
        fig(shop, "migrate", "item", "--resume")
        shop.until("it goes on", lambda: walk(shop)["state"] == "done")
    lines = calls.read_text().splitlines()
    assert lines[:2] == [
        "before-step item,list legacy > shadow by anna",
        "after-step item,list legacy > shadow by anna",
    ]
    shop.until(
        "the hook of done is called", lambda: calls.read_text().splitlines()[-1].startswith("done")
    )


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(3))
def test_killed_again_and_again_it_goes_on_and_nothing_moves_twice(
    open_shop: Callable[..., Shop], seed: int
) -> None:
    """The kills come at other instants each time: before, within and after edits and entries."""
    shop = open_shop(stage="legacy", workers=1)
    stop = threading.Event()

    def kill() -> None:
        pauses = [0.9, 0.35, 1.3, 0.6, 1.7, 0.45]
        for at in range(5):
            if stop.wait(pauses[(at + seed * 2) % len(pauses)]):
                return
            shop.kill_control()

    with shop.load():
        fig(shop, "migrate", "item", "--detach")
        killer = threading.Thread(target=kill)
        killer.start()
        shop.until("it is done", lambda: shop.stage() == "new", 300)
        stop.set()
        killer.join()
        shop.until("the control process answers", shop._there)
        shop.until("the walk is done", lambda: walk(shop)["state"] == "done")
    for route in ("item", "list"):
        assert ways(shop, route) == FORWARD
    assert {by for *_, by in shop.moves()} == {"walk"}
    assert shop.get("/api/journal/verify")["ok"]


def test_undo_takes_the_last_move_back_and_pauses_the_walk(
    open_shop: Callable[..., Shop],
) -> None:
    shop = open_shop(stage="shadow")
    with shop.load():
        fig(
            shop,
            "migrate",
            "item",
            "--detach",
            "--plan",
            "20",
            "--time",
            "1h",
            "--to",
            "canary 20%",
        )
        shop.until("it waits", lambda: "stays" in walk(shop)["words"])
        assert (
            fig(shop, "flip", "item,list", "canary", "20", "--as", "ben", "--force", "now")[0] == 0
        )
        shop.until("it is there", lambda: shop.stage("list") == "canary 20")
        assert fig(shop, "undo", "item", "--as", "ben", "--why", "too early")[0] == 0
        shop.until("it is back", lambda: shop.stage() == "shadow")
    shop.until("it pauses", lambda: walk(shop)["state"] == "paused")
    assert "ben moved" in walk(shop)["words"]
    last = shop.journal(limit="1")[0]
    assert (last["who"], last["why"], last["after"]) == ("ben", "too early", "shadow")
    code, said = fig(shop, "undo", "item")
    assert code == 1
    assert "led back" in said


def test_one_altered_byte_of_the_journal_is_named(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop(stage="shadow")
    shop.until("the journal begins", shop.journal)
    fig(shop, "flip", "item", "legacy", "--as", "ben")
    shop.until("the journal says so", lambda: len(shop.journal()) == 2)
    path = next((shop.runtime / "journal").glob("journal-*.jsonl"))
    data = path.read_bytes()
    path.write_bytes(data.replace(b'"ben"', b'"bea"', 1))
    code, said = fig(shop, "journal", "verify")
    assert code == 1
    assert "entry 2 (journal-000001.jsonl:2): altered" in said
    assert json.loads(fig(shop, "journal", "verify", "--json")[1])["ok"] is False
