"""A farewell that is killed at a point of its way: `python -m tests.rigs.processes.struck …`.

    POINT fig WORDS…                    `fig WORDS…`
    POINT steps URL BIN ARCHIVE RECORD  the steps in PostgreSQL alone, of the database `legacy`

POINT is `none`; `before:STEP` or `after:STEP`: the moment before or after the step is noted; or
`call:MODULE.FUNCTION, or MODULE.CLASS.METHOD`: the moment it is called.
"""

import os
import pkgutil
import signal
import sys
from pathlib import Path
from typing import Any

from fig.errors import FigError
from fig.farewell.archive import Server
from fig.farewell.calling import DATABASE, InDatabase
from fig.farewell.record import Record
from fig.farewell.steps import take


def _die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(point: str) -> None:
    """Lay the point out in this process."""
    kind, _, what = point.partition(":")
    if kind == "call":
        owner, _, function = what.rpartition(".")
        setattr(pkgutil.resolve_name(owner), function, _die)
    elif kind in ("before", "after"):
        note = Record.note

        def struck(self: Record, step: str, facts: Any) -> None:
            if step == what and kind == "before":
                _die()
            note(self, step, facts)
            if step == what:
                _die()

        setattr(Record, "note", struck)  # noqa: B010 - mypy takes no assignment to a method


def _steps(url: str, programs: str, archive: str, record: str) -> None:
    server, noted = Server(url, Path(programs)), Record(Path(record))
    try:
        for one in take(InDatabase(server, DATABASE, Path(archive), noted).steps(), noted):
            print(one.name, one.facts)
    except FigError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    arm(sys.argv[1])
    if sys.argv[2] == "steps":
        _steps(*sys.argv[3:])
    else:
        from fig.__main__ import main

        sys.argv = ["fig", *sys.argv[3:]]
        main()
