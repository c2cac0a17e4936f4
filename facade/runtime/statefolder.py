"""The folder beside a route file in which its facade keeps what outlives it, and says where it is.

    .routes.yaml.facade/    beside routes.yaml, for its owner alone
        running.json        the facade that runs by this file: admin port, process, runtime folder
        forced.jsonl        promotions that were forced while no facade ran, until one takes them
        steps.jsonl         steps of `fig flip` while no facade ran, until one takes the file
        evidence.sqlite …   the whole runtime folder, where `--runtime` names no other

Two facades may run by one file: the second one finds the folder locked, and keeps nothing in it.
"""

import fcntl
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from chassis.process.address import host_port, url
from chassis.process.files import read_object, write_whole

RUNNING, FORCED, STEPS, _LOCK = "running.json", "forced.jsonl", "steps.jsonl", "lock"
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}
_OWNER = 0o700


def folder_of(routes: Path) -> Path:
    """The folder of a route file, whether it exists or not."""
    real = routes.resolve()
    return real.with_name(f".{real.name}.facade")


class StateFolder:
    """The folder as the facade has it: locked until the process ends."""

    def __init__(self, routes: Path) -> None:
        """Raises OSError when it cannot be made, BlockingIOError when another facade has it."""
        self.path = folder_of(routes)
        self.path.mkdir(mode=_OWNER, exist_ok=True)
        self._lock = os.open(self.path / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            # Not flock: the workers of a killed master would hold that while they drain.
            fcntl.lockf(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise

    def announce(self, admin: str, runtime: Path) -> None:
        """Say where the facade is asked: `host:port`, `unix:/path` or `off`. Raises OSError."""
        if admin == "off":
            return
        asked = url(admin)
        if not admin.startswith("unix:"):
            host, port = host_port(admin)
            host = _ANYWHERE.get(host, host)
            asked = url(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
        said = {"admin": asked, "pid": os.getpid(), "runtime": str(runtime)}
        write_whole(self.path / RUNNING, json.dumps(said), private=True)

    def leave(self) -> None:
        """The facade ends."""
        (self.path / RUNNING).unlink(missing_ok=True)
        os.close(self._lock)


def running(routes: Path) -> str | None:
    """The admin URL of the facade that runs by this route file; None when none says so."""
    found = read_object(folder_of(routes) / RUNNING) or {}
    admin, pid = found.get("admin"), found.get("pid")
    if not isinstance(admin, str) or not isinstance(pid, int):
        return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None  # a facade that was killed
    except PermissionError:
        return admin  # it runs as another user
    return admin


def runtime_of(routes: Path) -> Path | None:
    """The runtime folder of the facade that runs by this route file; None when none says so."""
    if running(routes) is None:
        return None
    runtime = (read_object(folder_of(routes) / RUNNING) or {}).get("runtime")
    return Path(runtime) if isinstance(runtime, str) else None


def note_forced(routes: Path, step: Mapping[str, Any]) -> Path:
    """Keep a forced promotion until a facade takes it. Returns the file. Raises OSError."""
    return _note(routes, FORCED, step)


def take_forced(routes: Path) -> list[dict[str, Any]]:
    """Take the forced promotions that were kept: they are removed from the folder."""
    found = _noted(routes, FORCED)
    with suppress(OSError):
        (folder_of(routes) / FORCED).unlink(missing_ok=True)
    return found


def note_step(routes: Path, route: str, before: str, after: str) -> None:
    """Keep a step that no facade saw: it goes on from there at its start. Raises OSError."""
    _note(routes, STEPS, {"route": route, "from": before, "to": after})


def steps_noted(routes: Path) -> list[tuple[str, str, str]]:
    """The steps that were kept, the earliest first: route, from, to."""
    found = _noted(routes, STEPS)
    return [(str(one.get("route")), str(one.get("from")), str(one.get("to"))) for one in found]


def forget_steps(routes: Path) -> None:
    """The route file is in force as it is."""
    with suppress(OSError):
        (folder_of(routes) / STEPS).unlink(missing_ok=True)


def _note(routes: Path, name: str, noted: Mapping[str, Any]) -> Path:
    folder = folder_of(routes)
    folder.mkdir(mode=_OWNER, exist_ok=True)
    path = folder / name
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(dict(noted)) + "\n")
    return path


def _noted(routes: Path, name: str) -> list[dict[str, Any]]:
    """What was noted; a line that cannot be read is left out."""
    try:
        lines = (folder_of(routes) / name).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    found = []
    for line in lines:
        with suppress(ValueError):
            found.append(json.loads(line))
    return [one for one in found if isinstance(one, dict)]
