"""The last `fig verify` of a domain: kept with its date, and run again when it is too old."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chassis.process.files import read_object, write_whole
from fig.clients import access
from fig.cutover.domains import BOOKS
from fig.errors import last_line
from fig.settings import Home, project_root
from fig.supervise.state import StackState

FRESH_SECONDS = 3600.0
EQUAL, DIFFER = 0, 1  # exit codes of the verification; beyond them: no verdict


@dataclass(frozen=True, slots=True)
class Verified:
    """`at` in unix seconds; `epoch`: under which owner it looked; `words`: what it found."""

    at: float
    epoch: int
    code: int
    words: str = ""

    @property
    def equal(self) -> bool:
        """Whether both sides held the same."""
        return self.code == EQUAL


def kept(home: Home, domain: str, epoch: int, now: float) -> Verified | None:
    """The last one under this owner, if it is younger than an hour and found no difference."""
    kept = read_object(_place(home, domain))
    try:
        found = None if kept is None else Verified(
            float(kept["at"]), int(kept["epoch"]), int(kept["code"]), str(kept["words"])
        )  # fmt: skip
    except (KeyError, TypeError, ValueError):
        return None
    if found is None or not found.equal or found.epoch != epoch:
        return None
    return found if 0 <= now - found.at < FRESH_SECONDS else None


def verify(
    home: Home, found: StackState, domain: str, services: Sequence[str], epoch: int
) -> Verified:
    """Run the verification of these services, and keep what it says."""
    there = [name for name in services if name == BOOKS or found.process(name) is not None]
    program = [sys.executable, "-m", "new_services.verify", "verify", *there, "--json"]
    variables = {**access.verification(home, found), **os.environ}
    began = time.time()
    done = subprocess.run(
        program, cwd=project_root(), env=variables, capture_output=True, text=True, check=False
    )
    verified = Verified(began, epoch, done.returncode, _words(done.stdout, done.stderr))
    text = json.dumps({
        "at": verified.at, "epoch": epoch, "code": verified.code, "words": verified.words,
    })  # fmt: skip
    write_whole(_place(home, domain), text)
    return verified


def _words(said: str, complaint: str) -> str:
    try:
        report = json.loads(said)
        if report.get("error"):
            return str(report["error"])
        found = report.get("differences")
        return f"{found} differences{_first(report)}" if found else ""
    except (ValueError, KeyError, TypeError, AttributeError):
        return last_line(complaint) or "the verification printed nothing"


def _first(report: Mapping[str, Any]) -> str:
    """The first of them, for who has to look: a difference may be gone at the next look."""
    for each in report.get("entities", ()):
        for one in each["differences"]:
            return f", such as {each['service']} {each['entity']} {one['key']}: {one['kind']}"
    for each in report.get("laws", ()):
        for one in each["broken"]:
            return (
                f", such as {each['database']}: {each['law']}: {one['key']}:"
                f" expected {one['expected']}, found {one['found']}"
            )
    return ""


def _place(home: Home, domain: str) -> Path:
    return home.folder / "run" / f"verified-{domain}.json"
