"""Wait until every worker of a running facade decides by a given table."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from chassis.cli.calls import NoAnswer, call_object

PATIENCE_SECONDS = 5.0
REFUSAL_SECONDS = 1.5  # a verdict older than our file is replaced long before
POLL_SECONDS = 0.02

Status = dict[str, Any]
State = Literal["applied", "refused", "late", "absent", "elsewhere"]


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What the facade said: `workers` of them decide by the table after `seconds`."""

    state: State
    workers: int = 0
    seconds: float = 0.0
    detail: str = ""


def fetch_status(admin: str) -> Status | None:
    """`GET /api/status` of a facade's admin port; None when it does not answer."""
    try:
        return call_object(f"{admin}/api/status", seconds=1.0)
    except NoAnswer:
        return None


def confirm(
    version: str,
    file: Path,
    *,
    fetch: Callable[[], Status | None],
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    patience: float = PATIENCE_SECONDS,
    insist: bool = False,
) -> Confirmation:
    """Ask until all workers report `version`, or the file was refused, or patience ends.

    If no answer comes at once, say so at once; with `insist`, ask until patience ends. A worker
    that the control process does not hear counts as late: it may decide by an older table.
    """
    began = clock()
    status = fetch()
    while status is None and insist and clock() - began < patience:
        sleep(POLL_SECONDS)
        status = fetch()
    if status is None:
        return Confirmation("absent")
    theirs = str(status.get("file", ""))
    if theirs and Path(theirs).resolve() != file.resolve():
        return Confirmation("elsewhere", detail=theirs)
    while True:
        waited = clock() - began
        workers = status.get("workers", []) if status else []
        wanted = max(len(workers), status.get("workers_wanted", 0) if status else 0)
        there = [worker for worker in workers if worker.get("version") == version]
        if workers and len(there) >= wanted:
            return Confirmation("applied", len(workers), waited)
        errors = _refusal(status) if status else []
        if errors and waited > REFUSAL_SECONDS:
            return Confirmation("refused", len(there), waited, "; ".join(errors))
        if waited > patience:
            return Confirmation("late", len(there), waited, f"{len(there)} of {wanted}")
        sleep(POLL_SECONDS)
        status = fetch()


def confirmed(
    version: str, routes: Path, admin: str | None, *, insist: bool = False
) -> Confirmation | None:
    """As `confirm`, by the facade at this admin port; None where there is none to ask."""
    if admin is None:
        return None
    return confirm(version, routes, fetch=lambda: fetch_status(admin), clock=time.monotonic,
                   sleep=time.sleep, insist=insist)  # fmt: skip


def _refusal(status: Status) -> list[str]:
    """Why the master keeps its last good table; empty when it took the file."""
    reload = status.get("reload") or {}
    if reload.get("ok", True):
        return []
    return [str(error) for error in reload.get("errors", [])] or ["no reason given"]
