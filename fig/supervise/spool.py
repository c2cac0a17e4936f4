"""How commands send requests to the supervisor: a file in, a file out, under the run folder.

Files and not a socket: a socket's path may have 107 bytes at most, and a project's may be longer.
"""

import contextlib
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from chassis.process.files import read_object, write_whole

POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Restart:
    """Start a process again with these variables added to its environment.

    `pause`: seconds it stays down in between.
    """

    name: str
    extra: dict[str, str] = field(default_factory=dict)
    pause: float = 0.0


@dataclass(frozen=True)
class Relist:
    """Look again which processes the stack has: end for good those that it has no more, and start
    the others, when they are next started, as they are listed now."""

    relist: bool = True


Request = Restart | Relist


@dataclass(frozen=True)
class Answer:
    """The outcome of a request."""

    ok: bool
    message: str = ""
    exit_code: int = 0


class Spool:
    """Both ends. Every file appears by rename, so a reader never sees half of one."""

    def __init__(self, folder: Path) -> None:
        self._asked = folder / "asked"
        self._answered = folder / "answered"

    def open(self) -> None:
        """The supervisor's end: delete what an earlier supervisor was asked."""
        for folder in (self._asked, self._answered):
            folder.mkdir(parents=True, exist_ok=True)
            for old in folder.iterdir():
                old.unlink(missing_ok=True)

    def take(self) -> list[tuple[str, Request]]:
        """The supervisor's end: the new requests, each with the name for its answer."""
        taken: list[tuple[str, Request]] = []
        for path in sorted(self._asked.glob("*.json")):
            request = read_object(path)
            path.unlink(missing_ok=True)
            if request is not None:
                with contextlib.suppress(TypeError):  # not one of ours
                    kind = Relist if "relist" in request else Restart
                    taken.append((path.stem, kind(**request)))
        return taken

    def answer(self, name: str, answer: Answer) -> None:
        """The supervisor's end."""
        write_whole(self._answered / f"{name}.json", json.dumps(asdict(answer)))

    def ask(self, request: Request, alive: Callable[[], bool]) -> Answer:
        """The command's end: waits for the answer as long as the supervisor is alive."""
        name = f"{time.time_ns()}-{secrets.token_hex(4)}"
        write_whole(self._asked / f"{name}.json", json.dumps(asdict(request)))
        path = self._answered / f"{name}.json"
        while True:
            living = alive()
            answer = read_object(path)
            if answer is not None:
                path.unlink(missing_ok=True)
                return Answer(**answer)
            if not living:
                return Answer(False, "the stack ended meanwhile; `fig up` starts it again", 1)
            time.sleep(POLL_SECONDS)
