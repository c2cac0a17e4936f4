"""Commands and the supervisor leave each other files."""

import threading

import pytest

from fig.supervise.spool import Answer, Relist, Request, Restart, Spool


@pytest.mark.parametrize("request_", [Restart("catalog", {"FAULT": ""}), Relist()])
def test_a_request_is_taken_once_and_answered(tmp_path, request_):
    spool = Spool(tmp_path)
    spool.open()
    answers: list[Answer] = []
    asking = threading.Thread(
        target=lambda: answers.append(spool.ask(request_, alive=lambda: True))
    )
    asking.start()
    taken: list[tuple[str, Request]] = []
    while not taken:
        taken = spool.take()
    assert spool.take() == []

    spool.answer(taken[0][0], Answer(True, "ready"))
    asking.join(10)

    assert [request_ for _, request_ in taken] == [request_]
    assert answers == [Answer(True, "ready")]
    assert not list(tmp_path.rglob("*.json")), "nothing is left"


def test_a_request_to_a_dying_stack_is_answered(tmp_path):
    spool = Spool(tmp_path)
    spool.open()
    answer = spool.ask(Restart("catalog"), alive=lambda: False)
    assert not answer.ok
    assert "the stack ended meanwhile" in answer.message


def test_what_was_asked_of_a_former_supervisor_is_forgotten(tmp_path):
    spool = Spool(tmp_path)
    spool.open()
    spool.ask(Restart("catalog"), alive=lambda: False)
    spool.open()
    assert spool.take() == []


def test_files_that_are_no_requests_are_thrown_away(tmp_path):
    spool = Spool(tmp_path)
    spool.open()
    for name, content in {"a": "{", "b": "[]", "c": '{"what": 1}'}.items():
        (tmp_path / "asked" / f"{name}.json").write_text(content)
    assert spool.take() == []
    assert not list((tmp_path / "asked").iterdir())
