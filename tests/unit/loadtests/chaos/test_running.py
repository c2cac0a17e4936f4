"""Waiting for what is left, for as long as it becomes less; how a program ends."""

import tempfile
from pathlib import Path

import pytest

from loadtests.chaos import running
from loadtests.chaos.running import PATIENCE_SECONDS, concluded, progressed
from loadtests.chaos.stack import ChaosFailed


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(running.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(running.time, "sleep", lambda s: now.__setitem__(0, now[0] + 40 * s))
    return now


def test_as_long_as_it_becomes_less_it_is_waited_for(clock):
    left = iter([9.0, 8.0, 8.0, 7.0, 5.0, 5.0, 1.0, 0.0])
    progressed(lambda: next(left))
    assert clock[0] > PATIENCE_SECONDS
    assert list(left) == []


def test_what_stands_still_ends_the_waiting(clock):
    progressed(lambda: 3.0)
    assert PATIENCE_SECONDS <= clock[0] < PATIENCE_SECONDS + 80


@pytest.mark.parametrize(
    ("found", "keep", "code", "said", "stays"),
    [
        ([], False, 0, "all is well", False),
        ([], True, 0, "all is well", True),
        (["an order is lost"], False, 1, "1 things must not be; logs are in ", True),
        (ChaosFailed("no stack"), False, 2, "no stack; logs are in ", True),
    ],
)
def test_a_run_ends_with_a_word_and_its_folder_stays_where_something_must_not_be(
    found, keep, code, said, stays, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folders: list[Path] = []

    def run(folder: Path) -> list[str]:
        folders.append(folder)
        if isinstance(found, Exception):
            raise found
        return found

    assert concluded(run, "trial", "all is well", seed=7, keep=keep) == code
    words = capsys.readouterr().out
    assert said in words
    assert ("--seed 7" in words) == bool(code)
    assert folders[0].exists() == stays
