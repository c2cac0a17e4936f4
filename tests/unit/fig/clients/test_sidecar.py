"""Whether a sidecar is on, read from its files alone."""

import json
import os
from pathlib import Path

import pytest

from chassis.process.lifetime import started
from fig.clients import sidecar as beside_legacy

STATUS = {"listen": "127.0.0.1:7001", "upstream": "http://127.0.0.1:5000"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "sidecar").mkdir()
    (tmp_path / "sidecar" / "status.json").write_text(json.dumps(STATUS))
    return tmp_path


def guarded(home: Path, pid: int, start: int) -> None:
    text = json.dumps({"pid": pid, "started": start})
    (home / "sidecar" / "guardian.json").write_text(text)


def test_it_is_on_while_its_guardian_lives(home: Path) -> None:
    guarded(home, os.getpid(), started(os.getpid()))
    assert beside_legacy.find(home) == STATUS


def test_what_a_dead_one_left_behind_is_not_believed(home: Path) -> None:
    assert beside_legacy.find(home) is None
    guarded(home, os.getpid(), started(os.getpid()) + 1)
    assert beside_legacy.find(home) is None


def test_before_its_first_word_it_is_coming_up(home: Path) -> None:
    guarded(home, os.getpid(), started(os.getpid()))
    (home / "sidecar" / "status.json").unlink()
    assert beside_legacy.find(home) == {}
    assert beside_legacy.text({}) == "sidecar: starting"


def test_what_it_records_is_said() -> None:
    status = STATUS | {"recording": {"file": "a.flows"}, "faults": []}
    assert beside_legacy.text(status).endswith("records to a.flows, no faults")
