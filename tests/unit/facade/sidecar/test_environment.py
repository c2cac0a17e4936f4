"""mitmproxy's environment: when it is made, and that our side of it needs nothing of ours."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from facade.sidecar import environment
from facade.sidecar.environment import LOCK, STAMP, NoEnvironment, ensure, interpreter

PROJECT = Path(__file__).parents[4]
# What runs in mitmproxy's environment, without the files that need mitmproxy itself.
SHARED = (
    "plan.reading",
    "plan.faults",
    "scrub.messages",
    "proxy.recorder",
    "proxy.measures",
    "folder",
    "proxy.program",
)


def test_what_is_shared_needs_the_standard_library_only() -> None:
    lines = [f"import facade.sidecar.{name}" for name in SHARED]
    program = f"import sys; sys.path.append({str(PROJECT)!r}); {'; '.join(lines)}"
    command = [sys.executable, "-I", "-S", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_lock_pins_by_hash_and_names_no_host() -> None:
    text = LOCK.read_text()
    assert "mitmproxy==11" in text
    assert "--hash=sha256:" in text
    assert "://" not in text


def make_fake(folder: Path, lock: Path) -> None:
    (folder / "bin").mkdir(parents=True)
    interpreter(folder).write_text("#!/bin/sh\n")
    interpreter(folder).chmod(0o755)
    (folder / STAMP).write_text(hashlib.sha256(lock.read_bytes()).hexdigest())


def test_it_is_made_once_and_again_for_another_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, folder, made = tmp_path / "lock", tmp_path / "venv", []
    lock.write_text("a==1")

    def make(where: Path, by: Path) -> None:
        made.append(by.read_text())
        if not where.exists():
            make_fake(where, by)

    monkeypatch.setattr(environment, "_make", make)
    assert ensure(folder, lock) == interpreter(folder)
    ensure(folder, lock)
    assert made == ["a==1"]
    lock.write_text("a==2")
    ensure(folder, lock)
    assert made == ["a==1", "a==2"]


def test_without_a_lock_it_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(NoEnvironment, match=r"cannot read .*none"):
        ensure(tmp_path / "venv", tmp_path / "none")


def test_a_command_that_fails_is_named_with_its_last_words() -> None:
    with pytest.raises(NoEnvironment, match=r"cannot be made .*no such package"):
        environment._run(sys.executable, "-c", "raise SystemExit('no such package')")
