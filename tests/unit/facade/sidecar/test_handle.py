"""What commands see of a sidecar, from its files alone."""

import json
import os
from pathlib import Path

import pytest

from chassis.process import lifetime
from facade.sidecar.folder import Folder
from facade.sidecar.handle import Handle, SidecarError
from facade.sidecar.plan.plan import Plan, Recording
from facade.sidecar.plan.reading import BadPlan


@pytest.fixture
def handle(tmp_path: Path) -> Handle:
    return Handle(Folder(tmp_path))


def say_guardian(handle: Handle, pid: int, started: int) -> None:
    handle.folder.guardian.write_text(json.dumps({"pid": pid, "started": started}))


def test_a_guardian_that_lives(handle: Handle) -> None:
    own = lifetime.of(os.getpid())
    say_guardian(handle, own.pid, own.started)
    assert handle.guardian() == own


def test_a_pid_that_was_given_out_again_is_not_the_guardian(handle: Handle) -> None:
    own = lifetime.of(os.getpid())
    say_guardian(handle, own.pid, own.started - 1)
    assert handle.guardian() is None
    assert handle.stop() is False


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"pid": "x", "started": 1}'])
def test_a_damaged_file_means_off(handle: Handle, text: str) -> None:
    handle.folder.guardian.write_text(text)
    assert handle.guardian() is None
    assert handle.status() is None


def test_a_plan_is_kept_while_the_sidecar_is_off(handle: Handle) -> None:
    plan = Plan(Recording("/data/x.flows"))
    assert handle.tell(plan) is None
    assert handle.plan() == plan


def test_a_plan_that_somebody_broke_is_not_overwritten(handle: Handle) -> None:
    handle.folder.plan.write_text("{")
    with pytest.raises(BadPlan):
        handle.plan()


def test_when_it_does_not_come_up_its_log_is_shown(handle: Handle) -> None:
    handle.folder.log.write_text("first\nlast words\n")
    with pytest.raises(SidecarError, match="last words"):
        handle.wait_until_up(lambda: True)
