"""What `fig events` says of consumers that stopped, and how one goes on."""

import json

import pytest
from click.testing import CliRunner

from fig.__main__ import cli
from fig.clients import services

GAP = "notifications stopped after message 1: messages 2 to 3 are gone from EVENTS"


@pytest.fixture
def service(monkeypatch):
    asked, answers = [], {}

    def ask(method, base, path, query=None, body=None):
        asked.append(f"{method} {base}{path}")
        return answers[path]

    monkeypatch.setattr(services, "ask", ask)
    return asked, answers


def _fig(*words):
    return CliRunner().invoke(cli, ["events", *words, "--service", "http://mails:1"])


def test_one_that_stopped_is_a_negative_answer(service):
    asked, answers = service
    answers["/events"] = {"consumer": "notifications", "stopped": GAP}
    result = _fig("list", "notifications")
    assert (result.exit_code, GAP in result.output) == (1, True)
    assert asked == ["GET http://mails:1/events"]


def test_all_well(service):
    _, answers = service
    answers["/events"] = {"consumer": "notifications", "stopped": None}
    assert _fig().output == "all take events\n"
    assert json.loads(_fig("--json").output) == {"stopped": {}}


@pytest.mark.parametrize(
    ("moved", "said"), [(True, "goes on with the events that are left"), (False, "misses none")]
)
def test_a_person_lets_it_go_on(service, moved, said):
    asked, answers = service
    answers["/events/go-on"] = {"consumer": "notifications", "moved": moved}
    result = _fig("go-on", "notifications")
    assert (result.exit_code, said in result.output) == (0, True)
    assert asked == ["POST http://mails:1/events/go-on"]


def test_it_must_be_named(service):
    result = _fig("go-on")
    assert result.exit_code == 2
    assert "name the consumer" in result.output
