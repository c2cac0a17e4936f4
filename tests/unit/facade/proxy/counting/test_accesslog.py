"""Access log: a share of requests, whole lines, in batches, bounded."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from facade.proxy.counting import accesslog
from facade.proxy.counting.accesslog import AccessLog, without_values


@pytest.fixture
def pipe() -> Iterator[tuple[AccessLog, int]]:
    reading, writing = os.pipe()
    yield AccessLog(writing), reading
    os.close(reading)
    os.close(writing)


def test_nothing_is_wanted_until_a_share_is_set(pipe: tuple[AccessLog, int]) -> None:
    log, _reading = pipe
    assert not log.wanted()
    log.use(10_000)
    assert log.wanted()


def test_a_share_is_about_that_many(pipe: tuple[AccessLog, int]) -> None:
    log, _reading = pipe
    log.use(2_500)
    assert 300 < sum(log.wanted() for _ in range(2_000)) < 700


def test_lines_are_written_whole_at_the_flush(pipe: tuple[AccessLog, int]) -> None:
    log, reading = pipe
    log.write({"route": "a", "status": 200})
    log.write({"route": "b\n", "status": 404})
    log.flush()
    lines = os.read(reading, 65536).decode().splitlines()
    assert [json.loads(line)["route"] for line in lines] == ["a", "b\n"]
    log.flush()
    os.set_blocking(reading, False)
    with pytest.raises(BlockingIOError):
        os.read(reading, 1)


def test_beyond_the_bound_lines_are_dropped_and_counted(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as file:
        log = AccessLog(file.fileno())
        for number in range(accesslog.MOST_WAITING + 3):
            log.write({"n": number})
        assert log.dropped == 3
        log.flush()
    assert (tmp_path / "log").read_bytes().count(b"\n") == accesslog.MOST_WAITING


@pytest.mark.parametrize(
    ("target", "logged"),
    [
        ("/a/b", "/a/b"),
        ("/a?q=tent&page=2", "/a?q=…&page=…"),
        ("/a?token=hunter2", "/a?token=…"),
        ("/a?user[password]=hunter2&flag", "/a?user[password]=…&…"),
        ("/a?hunter2", "/a?…"),
        ("/a?=hunter2", "/a?…"),
        ("/a?a=1?b=hunter2", "/a?a=…?b=…"),
        ("/a?%70assword=hunter2", "/a?…"),
        ("/a?empty=&b=hunter2", "/a?empty=&b=…"),
        ("/cart;jsessionid=hunter2", "/cart;jsessionid=…"),
        ("/cart;jsessionid=hunter2/x?y=hunter2", "/cart;jsessionid=…?y=…"),
        ("/reset/eyJhbGciOiJI.eyJzdWIiOiIx.hunter2", "/reset/…"),
        ("/größe?ö=hunter2", "/größe?…"),
        ("*", "*"),
    ],
)
def test_a_line_has_the_names_of_parameters_and_no_value(target: str, logged: str) -> None:
    assert without_values(target.encode()) == logged


def test_any_target_can_be_logged() -> None:
    assert without_values(b"/\xff?\xfe=\xfd") == "/\ufffd?…"
