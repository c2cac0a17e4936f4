"""What commands see of a sidecar, from its files alone."""

import json
import os
import threading
import time
from pathlib import Path

import pytest

from chassis.process import lifetime
from chassis.process.files import write_whole
from chassis.registry import redirects
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
    assert handle.apply(plan) is None
    assert handle.plan() == plan


def test_a_plan_that_somebody_broke_is_not_overwritten(handle: Handle) -> None:
    handle.folder.plan.write_text("{")
    with pytest.raises(BadPlan):
        handle.plan()


def test_when_it_does_not_come_up_its_log_is_shown(handle: Handle) -> None:
    handle.folder.log.write_text("first\nlast words\n")
    with pytest.raises(SidecarError, match="last words"):
        handle.wait_until_up(lambda: True)


def say_lent(runtime: Path, url: str, seconds: float) -> None:
    redirects.grant(
        runtime, {redirects.LEGACY: [url]}, time.time() - redirects.LEASE_SECONDS + seconds
    )


@pytest.fixture
def up(handle: Handle) -> Handle:
    """Of a sidecar that has just said how it does."""
    own = lifetime.of(os.getpid())
    say_guardian(handle, own.pid, own.started)
    say_status(handle, time.time())
    return handle


def say_status(handle: Handle, at: float) -> None:
    write_whole(handle.folder.status, json.dumps({"at": at, "listen": "127.0.0.1:7"}))


def test_how_it_does_now_is_of_a_moment_after_the_question(up: Handle) -> None:
    asked = time.time()
    speaking = threading.Timer(0.1, lambda: say_status(up, time.time()))
    speaking.start()
    found = up.status_now()
    speaking.join()
    assert found is not None
    assert found["at"] > asked


def test_of_a_silent_one_the_last_word_is_given(
    up: Handle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("facade.sidecar.handle.TAKE_SECONDS", 0.1)
    assert up.status_now() == up.status() is not None


def test_while_it_is_off_no_call_waits(handle: Handle) -> None:
    assert handle.status_now() is None


def test_it_has_legacys_place_once_the_lease_names_it(
    up: Handle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("facade.sidecar.handle.SETTLE_SECONDS", 0)
    lending = threading.Timer(0.1, lambda: say_lent(tmp_path, "http://127.0.0.1:7", 60))
    say_lent(tmp_path, "http://127.0.0.1:6", 60)  # of one before, which was killed
    lending.start()
    up.wait_until_lent(tmp_path, lambda: False)
    lent = (tmp_path / redirects.REDIRECTS).read_text()
    lending.join()
    assert "127.0.0.1:7" in lent


@pytest.mark.parametrize("text", ["", "{", '{"until": 0, "addresses": {}}'])
def test_a_place_that_is_not_lent_is_said(up: Handle, tmp_path: Path, text: str) -> None:
    (tmp_path / redirects.REDIRECTS).parent.mkdir()
    (tmp_path / redirects.REDIRECTS).write_text(text)
    up.folder.log.write_text("last words\n")
    looks = iter([False, False])
    with pytest.raises(SidecarError, match="last words"):
        up.wait_until_lent(tmp_path, lambda: next(looks, True))


def test_a_lease_that_ran_out_lends_nothing(up: Handle, tmp_path: Path) -> None:
    say_lent(tmp_path, "http://127.0.0.1:7", -1)
    looks = iter([False, False])
    with pytest.raises(SidecarError, match="not lent"):
        up.wait_until_lent(tmp_path, lambda: next(looks, True))
