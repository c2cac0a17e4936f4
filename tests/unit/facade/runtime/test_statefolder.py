"""What a facade keeps and says beside its route file."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from facade.runtime.statefolder import (
    FORCED,
    RUNNING,
    STEPS,
    StateFolder,
    folder_of,
    forget_steps,
    note_forced,
    note_step,
    running,
    steps_noted,
    take_forced,
)


@pytest.fixture
def routes(tmp_path: Path) -> Path:
    path = tmp_path / "routes.yaml"
    path.touch()
    return path


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8081"),
        ("0.0.0.0", "http://127.0.0.1:8081"),
        ("::", "http://[::1]:8081"),
        ("::1", "http://[::1]:8081"),
        ("inner.example", "http://inner.example:8081"),
    ],
)
def test_where_the_facade_is_to_be_asked(routes: Path, host: str, url: str) -> None:
    assert running(routes) is None
    folder = StateFolder(routes)
    folder.announce(f"[{host}]:8081" if ":" in host else f"{host}:8081", routes.parent)
    assert running(routes) == url
    link = routes.with_name("link.yaml")
    link.symlink_to(routes)
    assert running(link) == url
    folder.leave()
    assert running(routes) is None


def test_it_is_its_owners_alone(routes: Path) -> None:
    folder = StateFolder(routes)
    folder.announce("127.0.0.1:1", routes.parent)
    assert folder.path.stat().st_mode & 0o077 == 0
    assert (folder.path / RUNNING).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "said", ["", "[]", "{}", '{"admin": 5, "pid": 1}', '{"admin": "h", "pid": "x"}']
)
def test_nonsense_is_nobody(routes: Path, said: str) -> None:
    folder_of(routes).mkdir()
    (folder_of(routes) / RUNNING).write_text(said)
    assert running(routes) is None


def test_a_facade_that_was_killed_is_not_running(routes: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    folder_of(routes).mkdir()
    said = {"admin": "http://127.0.0.1:1", "pid": ended.pid}
    (folder_of(routes) / RUNNING).write_text(json.dumps(said))
    assert running(routes) is None


def test_a_second_facade_finds_it_locked(routes: Path) -> None:
    folder = StateFolder(routes)
    second = (
        "import sys; from pathlib import Path\nfrom facade.runtime.statefolder import StateFolder\n"
    )
    second += "try:\n    StateFolder(Path(sys.argv[1]))\nexcept BlockingIOError:\n    sys.exit(7)"
    command = [sys.executable, "-c", second, str(routes)]
    assert subprocess.run(command, check=False).returncode == 7
    folder.leave()
    assert subprocess.run(command, check=False).returncode == 0


def test_forced_steps_are_taken_once_and_in_order(routes: Path) -> None:
    for number in range(3):
        note_forced(routes, {"route": "r", "at": number})
    with (folder_of(routes) / FORCED).open("a") as file:
        file.write("half a li")
    assert [one["at"] for one in take_forced(routes)] == [0, 1, 2]
    assert take_forced(routes) == []


def test_steps_are_kept_until_they_are_forgotten(routes: Path) -> None:
    assert steps_noted(routes) == []
    note_step(routes, "a", "new", "canary")
    note_step(routes, "b", "legacy", "shadow")
    (folder_of(routes) / STEPS).open("a").write("{broken\n[]\n")
    assert steps_noted(routes) == [("a", "new", "canary"), ("b", "legacy", "shadow")]
    forget_steps(routes)
    forget_steps(routes)
    assert steps_noted(routes) == []
