"""The shoppers' process, as far as no process is needed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fig.demo.stage.load import LoadProcess, Shoppers


@pytest.fixture
def load(tmp_path: Path) -> LoadProcess:
    shoppers = Shoppers("http://127.0.0.1:8000", 40, 10.0, "0.2-0.8")
    return LoadProcess(shoppers, Path("/project"), tmp_path)


def line(requests: int) -> bytes:
    figures = {"users": 3, "rps": 1.0, "requests": requests, "failures": 0, "names": {}}
    return json.dumps(figures).encode() + b"\n"


def test_no_file_yet_means_nobody_is_there(load: LoadProcess) -> None:
    assert load.poll().requests == 0


def test_the_newest_whole_line_counts(load: LoadProcess) -> None:
    load.stats.write_bytes(line(1) + line(2) + line(3)[:10])
    assert load.poll().requests == 2
    with load.stats.open("ab") as file:
        file.write(line(3)[10:])
    assert load.poll().requests == 3
    assert load.poll().requests == 3


def test_the_command_a_person_could_type(load: LoadProcess) -> None:
    command = " ".join(load.command()[1:])
    assert command.startswith("-m locust -f /project/loadtests/locustfile.py --headless")
    assert "--users 40" in command
    assert load.environment()["LOADTEST_THINK"] == "0.2-0.8"


def test_its_last_words(load: LoadProcess) -> None:
    load.log.write_text("a\nConnection refused\n")
    assert load.complaint() == f"Connection refused (see {load.log})"


async def test_stopping_what_never_started_is_nothing(load: LoadProcess) -> None:
    await load.stop()
    load.kill()
