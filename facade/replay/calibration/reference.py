"""A facade of the calibration's own in front of legacy, and the program that sends traffic."""

import os
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chassis.process import children
from chassis.process.children import Program, last_line
from facade.replay.calibration.listening import healthy

START_SECONDS = 60.0
STOP_SECONDS = 20.0
# Both sides are legacy and no client waits for the answers: questions may be asked freely.
RATES = {"FACADE_RECHECK_RATE": "500", "FACADE_NOISE_RATE": "20"}


class ReferenceFailed(Exception):
    """The calibration's facade or its traffic did not do what it should; the message says what."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Where clients go, where the evidence is, and whether the facade still lives."""

    clients: str
    admin: str
    alive: Callable[[], bool]
    log: Path


@contextmanager
def reference(
    routes: str, listen: str | None, environment: Mapping[str, str]
) -> Iterator[Reference]:
    """A facade with this route file; ended at the end of the block. Raises ReferenceFailed."""
    with tempfile.TemporaryDirectory(prefix="fig-calibration-") as name:
        folder = Path(name)
        (folder / "routes.yaml").write_text(routes, encoding="utf-8")
        clients, admin = listen or _free(), _free()
        own = {key: value for key, value in environment.items() if not key.startswith("FACADE_")}
        process = _start(
            [sys.executable, "-P", "-m", "facade", "run", "--routes", str(folder / "routes.yaml"),
             "--listen", clients, "--admin", admin, "--runtime", str(folder / "run")],
            own | RATES, folder / "facade.log",
        )  # fmt: skip
        opened = Reference(f"http://{clients}", f"http://{admin}", lambda: process.poll() is None,
                      folder / "facade.log")  # fmt: skip
        try:
            _wait_until_ready(opened)
            yield opened
        finally:
            children.end(process, STOP_SECONDS)


@contextmanager
def traffic(command: Sequence[str], url: str, log: Path) -> Iterator[Callable[[], bool]]:
    """The program that sends requests, `{url}` in its words replaced; gives whether it runs."""
    if not command:
        yield lambda: True
        return
    words = [word.replace("{url}", url) for word in command]
    process = _start(words, dict(os.environ) | {"FIG_FACADE_URL": url}, log)
    try:
        yield lambda: process.poll() is None
    finally:
        children.end(process, STOP_SECONDS)


def _start(words: Sequence[str], own: Mapping[str, str], log: Path) -> children.Popen:
    try:
        return children.start(Program(words, log, own))
    except OSError as error:
        raise ReferenceFailed(f"cannot start {words[0]}: {error.strerror or error}") from None


def _wait_until_ready(opened: Reference) -> None:
    until = time.monotonic() + START_SECONDS
    while not healthy(opened.admin):
        if not opened.alive():
            raise ReferenceFailed(f"the calibration's facade ended: {last_line(opened.log)}")
        if time.monotonic() > until:
            raise ReferenceFailed(f"the calibration's facade is not ready: {last_line(opened.log)}")
        time.sleep(0.05)


def _free() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"
