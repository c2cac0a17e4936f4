"""What `fig services` shows of the registry."""

import json

import pytest
from click.testing import CliRunner

from fig.__main__ import cli
from fig.clients import services as asking
from fig.commands.stack import services as module
from fig.errors import FigError

ONE = {"service": "orders", "url": "http://a:1", "instance": "ab", "started": "2026-01-01T00:00:00"}


@pytest.fixture
def registry(monkeypatch):
    listed, sick = [], {}

    async def found(url):
        assert url == "nats://bus"
        return [dict(one) for one in listed]

    def ask(method, base, path):
        if base in sick:
            raise FigError(sick[base])
        return {"ready": True}

    monkeypatch.setattr(module, "_listed", found)
    monkeypatch.setattr(asking, "ask", ask)
    return listed, sick


def _fig(*words):
    return CliRunner().invoke(cli, ["services", "--nats", "nats://bus", *words])


def test_each_instance_is_listed_and_asked(registry):
    listed, _ = registry
    listed += [ONE, ONE | {"url": "http://b:1", "instance": "cd", "version": "2.0"}]
    result = _fig()
    assert result.exit_code == 0
    assert result.output.count("ready") == 2
    assert "cd        2.0 " in result.output, "a new version beside the old one"
    assert [one["url"] for one in json.loads(_fig("--json").output)["instances"]] == [
        "http://a:1", "http://b:1"
    ]  # fmt: skip


def test_one_that_is_not_ready_says_why(registry):
    listed, sick = registry
    listed.append(ONE)
    sick["http://a:1"] = "nobody answers"
    result = _fig()
    assert (result.exit_code, "nobody answers" in result.output) == (1, True)


def test_none_is_a_negative_answer(registry):
    result = _fig()
    assert (result.exit_code, "no service is in the registry" in result.output) == (1, True)
