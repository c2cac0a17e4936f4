"""`fig feed resnapshot` becomes the feed's own command, with the running stack's bus."""

import pytest
from click.testing import CliRunner

from fig.clients import passing
from fig.commands.data import feed as module
from fig.commands.data.feed import feed


@pytest.fixture
def executed(monkeypatch) -> list[tuple[list[str], dict[str, str]]]:
    calls: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.setattr(module.monolith, "needed", lambda home, so: None)
    monkeypatch.setattr(module.access, "bus", lambda home: "nats://of-the-stack")
    monkeypatch.setattr(passing.os, "chdir", lambda folder: None)
    monkeypatch.setattr(passing.os, "execve", lambda _, argv, env: calls.append((argv, env)))
    return calls


def test_a_range(executed):
    done = CliRunner().invoke(feed, ["resnapshot", "stock", "--from", "A", "--to", "B"])
    assert done.exit_code == 0, done.output
    assert CliRunner().invoke(feed, ["resnapshot", "stock", "--json"]).exit_code == 0
    assert executed.pop()[0][-2:] == ["stock", "--json"]
    ((argv, env),) = executed
    assert argv[2:] == ["new_services.feed", "resnapshot", "stock",
                        "--from", "A", "--to", "B"]  # fmt: skip
    assert env["FEED_NATS_URL"] == "nats://of-the-stack"


def test_a_whole_table_on_another_bus(executed, monkeypatch):
    monkeypatch.setenv("FEED_NATS_URL", "nats://elsewhere")
    CliRunner().invoke(feed, ["resnapshot", "stock"])
    ((argv, env),) = executed
    assert argv[-2:] == ["resnapshot", "stock"]
    assert env["FEED_NATS_URL"] == "nats://elsewhere"
