"""`fig get`: what is shown of an answer, and until when it asks."""

import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from fig.__main__ import cli
from fig.clients import running
from fig.clients.shop import Reply
from fig.commands.traffic import get as command

PORTS = {"facade": 8000, "legacy": 8002}
OK = Reply(200, {"fig-decision": "side=new; stage=new"}, {}, b'{"a": 1}', 0.004)
GONE = Reply(broken="Connection refused")


@pytest.fixture
def fig(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`fig(replies by port, *words)`; the last reply of a port comes for ever."""
    monkeypatch.setattr(running, "require", lambda _home: SimpleNamespace(ports=PORTS))
    monkeypatch.setattr(command.time, "sleep", lambda _seconds: None)

    def call(replies: dict[int, list[Reply]], *words: str) -> Result:
        def coming(known: list[Reply]) -> Iterator[Reply]:
            yield from known
            while True:
                yield known[-1]

        streams = {f"http://127.0.0.1:{port}": coming(known) for port, known in replies.items()}
        monkeypatch.setattr(command, "ask", lambda base, _path: next(streams[base]))
        return CliRunner().invoke(cli, ["get", "/a", *words])

    return call


def test_an_answer_and_who_decided(fig: Callable[..., Result]) -> None:
    result = fig({8000: [OK]})
    assert result.output == 'facade: 200 in 4 ms; side=new; stage=new\n{"a": 1}\n'
    assert result.exit_code == 0
    document = json.loads(fig({8000: [OK]}, "--json").output)
    assert document["body"] == {"a": 1} and document["decision"] == "side=new; stage=new"


def test_a_refusal_and_no_answer_are_negative(fig: Callable[..., Result]) -> None:
    assert fig({8000: [Reply(404, body=b"no")]}).exit_code == 1
    result = fig({8002: [GONE]}, "--from", "legacy")
    assert (result.exit_code, result.output) == (1, "legacy: no answer: Connection refused\n")


@pytest.mark.parametrize("until", ["failed", "200", "side=new", '"a"', "same:legacy"])
def test_until_it_is_as_wanted(fig: Callable[..., Result], until: str) -> None:
    wanted = GONE if until == "failed" else OK
    other = Reply(503, body=b"{}")
    result = fig({8000: [other, other, wanted], 8002: [OK]}, "--until", until)
    assert result.exit_code == 0, result.output
    assert ("no answer" if until == "failed" else "200") in result.output


def test_so_often_in_a_row(fig: Callable[..., Result]) -> None:
    few = Reply(503, body=b"")
    asked = [OK, few, OK, OK, Reply(200, body=b"the third")]
    result = fig({8000: asked}, "--until", "200", "--times", "3")
    assert result.output.endswith("the third\n")


def test_patience_ends(fig: Callable[..., Result]) -> None:
    result = fig({8000: [GONE]}, "--until", "200", "--patience", "0")
    assert result.exit_code == 1
    assert "did not answer with '200'" in str(result.exception)


def test_answers_are_counted(fig: Callable[..., Result]) -> None:
    bad = Reply(503, body=b"")
    result = fig({8000: [OK, OK, bad]}, "--times", "4")
    assert result.output == "    2 x 200 side=new; stage=new\n    2 x 503\n"
    assert result.exit_code == 1


def test_a_server_that_is_not_there(fig: Callable[..., Result]) -> None:
    result = fig({}, "--from", "moon")
    assert "expected one of facade, legacy" in str(result.exception)
