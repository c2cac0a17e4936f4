"""`fig token`."""

import json

import pytest
from click.testing import CliRunner

from chassis.process import tokens
from fig.__main__ import cli
from fig.errors import FigError


@pytest.fixture(autouse=True)
def state(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.delenv(tokens.VARIABLE, raising=False)


def call(*words: str):
    return CliRunner().invoke(cli, ["token", *words])


def test_it_prints_what_the_facade_left() -> None:
    tokens.announce("127.0.0.1:8081", "t0ken")
    assert call("--admin", ":8081").stdout == "t0ken\n"
    found = json.loads(call("--admin", "http://127.0.0.1:8081", "--json").stdout)
    assert found == {"admin": "http://127.0.0.1:8081", "token": "t0ken"}


def test_where_none_was_left_it_says_where_to_look() -> None:
    result = call("--admin", ":8081")
    assert isinstance(result.exception, FigError)
    assert "keys/admin.token" in str(result.exception)
