"""The data folder of a whole stack that came up once and was stopped: made by the first test that
needs it, for all workers. A test that does not try a fresh start begins with a copy of it.

A copy comes up elsewhere: ports are named at each start, and passwords, keys, streams and the slot
of the feed lie in the folder itself.
"""

import fcntl
import os
import re
import subprocess
import sys
from pathlib import Path

from fig.stack.engines import postgres
from tests.rigs.processes.ports import free_base

PROJECT = Path(__file__).parents[3]
KEPT = ("secrets.json", "keys", "postgres", "nats")  # logs, and `run` of that one run, are not
SECONDS = 300.0  # for one command on a busy machine


def seeded(folder: Path) -> Path:
    """The data folder; it lies in this one, which all workers know."""
    made = folder / "seeded"
    with (folder / "seeded.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            beside = folder / "seeding"
            try:
                _fig(beside, "up", "--detach")
            finally:
                _fig(beside, "down")
            _drop_spare_log(beside / "postgres" / "data")
            beside.rename(made)
    return made


def copy(made: Path, home: Path) -> None:
    """Rights and owners too: PostgreSQL insists on its own."""
    home.mkdir(parents=True)
    parts = [str(made / name) for name in KEPT]
    subprocess.run(["cp", "-Rp", *parts, str(home)], check=True)


def _drop_spare_log(data: Path) -> None:
    """Segments that PostgreSQL keeps to write over them later, 50 of 275 MB. The server is
    stopped, so its log ends in the segment of the last checkpoint."""
    words = [str(postgres.binaries() / "pg_controldata"), str(data)]
    said = subprocess.run(words, env={"LC_ALL": "C"}, capture_output=True, text=True, check=True)
    last = re.search(r"REDO WAL file: +(\w+)", said.stdout)
    assert last, said.stdout
    for segment in (data / "pg_wal").glob("0*"):
        if segment.name > last[1]:
            segment.unlink()


def _fig(home: Path, *words: str) -> None:
    own = {name: text for name, text in os.environ.items() if not name.startswith("FIG_")}
    done = subprocess.run(
        [sys.executable, "-m", "fig", "--home", str(home), *words],
        cwd=PROJECT, env=own | {"FIG_PORT_BASE": str(free_base())}, capture_output=True, text=True,
        timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"fig {' '.join(words)}: {done.stdout}{done.stderr}"
