"""Tokens of admin ports: left by the facade, found by the same user's commands."""

import stat

import pytest

from chassis.process import tokens


@pytest.fixture(autouse=True)
def state(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv(tokens.VARIABLE, raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("left", "asked"),
    [
        ("127.0.0.1:8081", "http://127.0.0.1:8081/api/status"),
        ("0.0.0.0:8081", "http://127.0.0.1:8081"),
        ("[::]:8081", "http://[::1]:8081/"),
        ("[::1]:8081", "http://localhost:8081/"),
        ("localhost:8081", "http://127.0.0.1:8081"),
        ("10.0.0.5:8081", "http://10.0.0.5:8081"),
    ],
)
def test_every_name_of_an_address_finds_it(left: str, asked: str) -> None:
    file = tokens.announce(left, "t0ken")
    assert file is not None and stat.S_IMODE(file.stat().st_mode) == 0o600
    assert tokens.authorization(asked) == {"Authorization": "Bearer t0ken"}


@pytest.mark.parametrize("asked", ["http://127.0.0.1:8082", "http://10.0.0.5:8081", "http://[x"])
def test_another_address_has_none(asked: str) -> None:
    tokens.announce("127.0.0.1:8081", "t0ken")
    assert tokens.authorization(asked) == {}


def test_the_variable_goes_before_the_file(monkeypatch) -> None:
    tokens.announce("127.0.0.1:8081", "t0ken")
    monkeypatch.setenv(tokens.VARIABLE, "other")
    assert tokens.token_for("http://127.0.0.1:8081") == "other"


def test_a_user_without_a_home_has_a_folder_for_temporary_files(monkeypatch, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    assert tokens.announce("127.0.0.1:8081", "t0ken") is not None
    assert tokens.token_for("http://127.0.0.1:8081") == "t0ken"


def test_a_file_of_somebody_else_is_not_believed(monkeypatch) -> None:
    tokens.announce("127.0.0.1:8081", "t0ken")
    monkeypatch.setattr("os.getuid", lambda: 4711)
    assert tokens.token_for("http://127.0.0.1:8081") is None
