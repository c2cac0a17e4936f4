"""mitmproxy's own environment: made once, on demand, exactly as requirements.lock says."""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

STAMP = ".lock-sha256"
LOCK = Path(__file__).with_name("requirements.lock")


class NoEnvironment(Exception):
    """It cannot be made; the message says why and what to do."""


def interpreter(folder: Path) -> Path:
    """Its Python."""
    return folder / "bin" / "python"


def ensure(folder: Path, lock: Path = LOCK) -> Path:
    """Its Python, after making what is missing or was made from another lock.

    Raises NoEnvironment. Two who ask at once wait for each other.
    """
    try:
        wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    except OSError as error:
        raise NoEnvironment(f"cannot read {lock}: {error.strerror}") from None
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("a") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if _is_made(folder, wanted):
            return interpreter(folder)
        _make(folder, lock)
        (folder / STAMP).write_text(wanted)
    return interpreter(folder)


def _is_made(folder: Path, wanted: str) -> bool:
    try:
        made_from = (folder / STAMP).read_text()
    except OSError:
        return False
    return made_from == wanted and os.access(interpreter(folder), os.X_OK)


def _make(folder: Path, lock: Path) -> None:
    """With uv where it is installed, a few seconds; else with what Python brings."""
    shutil.rmtree(folder, ignore_errors=True)
    python = str(interpreter(folder))
    uv = _uv()
    if uv:
        _run(*uv, "venv", "--quiet", "--python", sys.executable, str(folder))
        _run(*uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, str(lock))
    else:
        _run(sys.executable, "-m", "venv", str(folder))
        options = ("--quiet", "--disable-pip-version-check", "--require-hashes")
        _run(python, "-m", "pip", "install", *options, "-r", str(lock))


def _uv() -> tuple[str, ...]:
    """How uv is called: as a module beside us, or as a program on the PATH; empty without it."""
    if importlib.util.find_spec("uv") is not None:
        return (sys.executable, "-m", "uv")
    program = shutil.which("uv")
    return () if program is None else (program,)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-3:]
        raise NoEnvironment(
            f"mitmproxy's environment cannot be made ({' '.join(command[1:4])}): "
            + " / ".join(line.strip() for line in said)
        )
