"""A guard never fights a person: edits, freezes, files it cannot write, other facades."""

import time
from collections.abc import Callable

from tests.integration.facade.conftest import Facade
from tests.integration.guards.conftest import Shop
from tests.integration.guards.test_walks import fig


def test_a_hand_edit_is_entered_with_the_files_owner(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop(stage="shadow")
    shop.until("the journal begins", shop.journal)
    shop.facade.save(shop.file.read_text().replace("stage: shadow", "stage: legacy", 1))
    shop.until("the journal says so", lambda: shop.moves())
    assert shop.moves() == [("item", "shadow", "legacy", "file")]


def test_what_changed_while_nobody_ran_is_found_at_the_start(
    open_shop: Callable[..., Shop], tmp_path
) -> None:
    shop = open_shop(stage="shadow")
    shop.until("the journal begins", shop.journal)
    shop.facade.stop()
    text = shop.file.read_text().replace("stage: shadow", "stage: legacy", 1)
    shop.facade.log.close()
    shop.facade = Facade(shop.file.parent, text, 1)
    shop.until("it is found", lambda: shop._there() and shop.moves())
    found = shop.journal()[-1]
    assert (found["event"], found["route"], found["after"]) == ("found", "item", "legacy")
    assert found["by"] == "file"


def test_frozen_nothing_moves_by_itself_and_thawed_it_does(
    open_shop: Callable[..., Shop],
) -> None:
    shop = open_shop()
    assert fig(shop, "freeze", "--as", "anna", "--why", "a release")[0] == 0
    with shop.load():
        shop.fresh.wrong = 0.5
        shop.until("the guard wants to go back", lambda: shop.guard()["kind"] == "back")
        assert shop.get("/api/guards")["stopped"].startswith("frozen by anna: a release")
        time.sleep(1.5)
        assert shop.stage() == "canary 50"
        assert fig(shop, "freeze", "--off")[0] == 0
        shop.until("it goes back", lambda: shop.stage() == "shadow")
    events = [one["event"] for one in shop.journal(limit="99")]
    assert events.count("freeze") == 2


def test_an_edit_that_is_refused_stands_in_the_file_and_clients_are_safe_all_the_same(
    open_shop: Callable[..., Shop],
) -> None:
    shop = open_shop()
    with shop.load():
        shop.until("clients are on the new side", lambda: len(shop.fresh.seen) > 5)
        broken = shop.file.read_text() + "routes: [\n"
        shop.facade.save(broken)
        shop.fresh.wrong = 0.5
        shop.until("it goes back", lambda: shop.stage() == "shadow")
        guards = shop.get("/api/guards")
        assert guards["override"]["routes"]["item"] == "shadow"
        assert shop.file.read_text() == broken
        shop.fresh.wrong = 0.0
        shop.facade.save(broken.removesuffix("routes: [\n"))
        shop.until("a person's edit ends it", lambda: shop.stage() == "canary 50")
    assert shop.get("/api/guards")["override"] is None


def test_a_second_facade_on_one_file_watches_and_says_who_acts(
    open_shop: Callable[..., Shop],
) -> None:
    first = open_shop()
    first.until("it acts", lambda: first.get("/api/guards")["stopped"] == "")
    folder = first.file.parent / "second"
    folder.mkdir()
    second = open_shop(stage="shadow")
    second.facade.stop()
    second.facade.log.close()
    second.file.unlink()
    second.file.symlink_to(first.file)
    second.facade = Facade(second.file.parent, first.file.read_text(), 1)
    stopped = second.until(
        "it says who acts",
        lambda: second._there() and second.get("/api/guards")["stopped"],
    )
    assert stopped.startswith("another facade acts on this file (facade on ")
