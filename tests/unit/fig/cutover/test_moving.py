"""One move: the file says moving before the order, and whose it is after the end."""

from typing import Any

import pytest

from fig.clients.services import ServiceAway
from fig.cutover import moving
from fig.cutover.moving import Mover
from fig.errors import FigError
from tests.rigs.ownership.cutover import FakeFile, FakeOwning, standing


def route(failed: int, server_errors: int) -> dict[str, Any]:
    return {
        "name": "save", "failures": {"new.connect": failed},
        "status": {"new": {"2xx": 9, "5xx": server_errors}, "legacy": {}},
    }  # fmt: skip


posted: list[Any] = []  # what was sent to the facade about an attempt that has ended


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the facade counts of the route, before and after."""
    answers = [route(2, 1), route(2, 1)]
    taken = iter(range(9))
    monkeypatch.setattr(
        moving.admin, "get", lambda *_: {"routes": [answers[min(next(taken), 1)], route(7, 7)
                                                    | {"name": "other"}]}
    )  # fmt: skip
    posted.clear()
    monkeypatch.setattr(
        moving.admin, "post", lambda *words, **query: posted.append((*words, query))
    )
    return answers


def mover(owning: FakeOwning, file: FakeFile) -> tuple[Mover, list[str]]:
    said: list[str] = []
    file.routes = ({"name": "save", "writes": True}, {"name": "list", "writes": False})
    return Mover(owning, file, "http://admin", said.append), said


def test_there(counted: list[dict[str, Any]]) -> None:
    owning, file = FakeOwning(), FakeFile()
    move, said = mover(owning, file)
    counted[1] = route(3, 3)
    done = move.move("new")
    assert (done.good, done.failed, done.waits["count"]) == (True, 3, 3)
    assert (owning.ordered, file.edits) == (["new"], ["moving", "new"])
    assert said == ["  fence           10 ms"]
    ((base, path, query),) = posted
    assert (base, path) == ("http://admin", "/api/domains/attempt")
    assert (query["domain"], query["toward"], query["good"]) == ("goods", "new", "true")
    assert done.as_json()["steps"] == [{"step": "fence", "seconds": 0.01}]


def test_writes_that_note_their_wait_after_the_end_are_counted(
    counted: list[dict[str, Any]],
) -> None:
    done = mover(FakeOwning(late={"count": 9, "worst": 0.4}), FakeFile())[0].move("new")
    assert (done.waits["count"], done.waits["worst"]) == (9, 0.4)


def test_back(counted: list[dict[str, Any]]) -> None:
    owning, file = FakeOwning(standing(owner="new", window="open")), FakeFile("new")
    done = mover(owning, file)[0].move("legacy")
    assert (done.good, file.edits, done.failed) == (True, ["moving", "legacy"], 0)


def test_an_attempt_that_fails_leaves_the_file_as_it_was(counted: list[dict[str, Any]]) -> None:
    file = FakeFile()
    done = mover(FakeOwning(fails="the read model is behind"), file)[0].move("new")
    assert (done.good, done.words) == (False, "the read model is behind")
    assert file.edits == ["moving", "legacy"]


def test_an_order_that_is_refused_too(counted: list[dict[str, Any]]) -> None:
    file = FakeFile()
    with pytest.raises(FigError, match="somebody moves it"):
        mover(FakeOwning(refuses="somebody moves it"), file)[0].move("new")
    assert file.edits == ["moving", "legacy"]


def test_an_order_without_an_answer_is_withdrawn_before_the_file_says_legacy(
    counted: list[dict[str, Any]],
) -> None:
    """It may lie in the socket of a service that stands still, and must begin nothing later."""
    owning, file = FakeOwning(away=True), FakeFile()
    with pytest.raises(ServiceAway):
        mover(owning, file)[0].move("new")
    assert (owning.withdrawn, file.edits) == (1, ["moving", "legacy"])


def test_a_service_that_stays_away_leaves_the_file_at_moving(
    counted: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    owning, file = FakeOwning(away=True), FakeFile()

    def away() -> Any:
        raise ServiceAway("no answer either")

    monkeypatch.setattr(owning, "withdraw", away)
    with pytest.raises(ServiceAway, match="either"):
        mover(owning, file)[0].move("new")
    assert file.edits == ["moving"]


def test_one_that_was_begun_all_the_same_is_followed(counted: list[dict[str, Any]]) -> None:
    owning, file = FakeOwning(away=True, arrives=True), FakeFile()
    done = mover(owning, file)[0].move("new")
    assert (done.good, file.edits) == (True, ["moving", "new"])


def test_killed_meanwhile_it_leaves_the_file_pinned(counted: list[dict[str, Any]]) -> None:
    file = FakeFile()
    move, said = mover(FakeOwning(killed=True), file)
    with pytest.raises(KeyboardInterrupt):
        move.move("new")
    assert file.edits == ["moving"]
    assert "`fig cutover goods` mends the file" in said[-1]


def test_an_attempt_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIG_WHO", "anna")
    assert moving.operator().startswith("anna@")
