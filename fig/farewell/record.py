"""Which steps of a farewell are done, in a file: what a killed call leaves for the next one."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from chassis.process.files import read_object, write_whole
from fig.errors import FigError

Facts = Mapping[str, Any]


class Record:
    """Written whole after each step, so that it also outlives a crash of the machine."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._done: dict[str, Facts] = (read_object(path) or {}).get("done", {})

    def done(self, step: str) -> Facts | None:
        """What a step found when it was done; None: it is not done."""
        return self._done.get(step)

    def note(self, step: str, facts: Facts) -> None:
        """The step is done. Raises FigError."""
        self._write({**self._done, step: dict(facts)})

    def forget(self, steps: Iterable[str]) -> None:
        """These have to be done again. Raises FigError."""
        gone = set(steps)
        self._write({step: facts for step, facts in self._done.items() if step not in gone})

    def _write(self, done: dict[str, Facts]) -> None:
        text = json.dumps({"done": done}, indent=1)
        try:
            write_whole(self._path, text, private=True, lasting=True)
        except OSError as error:
            raise FigError(
                f"{self._path} cannot be written ({error.strerror}), so nothing more is done;"
                " when that is mended, `fig farewell` goes on"
            ) from error
        self._done = done
