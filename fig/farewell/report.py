"""What `fig farewell` prints, and answers in JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.cli.objections import listed
from fig.farewell.checks import MIB, Objection
from fig.farewell.record import Record
from fig.farewell.steps import SECONDS, WORDS, Step, Taken
from fig.farewell.sums import Sums

NO_WAY_BACK = """\
There is no way back. `fig farewell` will
{steps}
What is left of the monolith is the archive."""


def counted(sums: Sums) -> str:
    """`12 tables, 34,567 rows`."""
    return f"{len(sums.tables)} tables, {sums.rows:,} rows"


def size(number: int) -> str:
    """Bytes in MiB."""
    return f"{number / MIB:,.1f} MiB"


def left(steps: Sequence[Step], record: Record) -> str:
    """A line for each step, those that are done named so."""
    return "\n".join(
        f"  - {step.will}{' (done)' if record.done(step.name) is not None else ''}"
        for step in steps
    )


def taken(one: Taken) -> str:
    took = "done before" if one.already else f"{one.facts[SECONDS]:.1f} s"
    return f"  {one.name:<9} {took:>11}  {one.facts[WORDS]}"


def refused(objections: Sequence[Objection]) -> str:
    return f"the monolith cannot be deleted yet:\n{listed(objections)}"


def planned(
    steps: Sequence[Step], record: Record, path: str, most: int | None
) -> dict[str, Any]:  # fmt: skip
    """Of a dry run; `most`: bytes of the database, which bound those of the archive."""
    listed = [
        {"step": step.name, "words": step.will, "done": record.done(step.name) is not None}
        for step in steps
    ]
    archive = {"path": path, "at_most": most}
    return {"ok": True, "dry_run": True, "steps": listed, "archive": archive, "objections": []}


def done(found: Sequence[Taken], record: Record) -> dict[str, Any]:
    """The document of a farewell that came to its end."""
    steps = [
        {"step": one.name, "seconds": one.facts[SECONDS], "already": one.already,
         "words": one.facts[WORDS]}
        for one in found
    ]  # fmt: skip
    noted: Mapping[str, Any] = record.done("archive") or {}
    archive = {key: noted.get(key) for key in ("path", "bytes", "sha256", "tables", "rows")}
    return {"ok": True, "dry_run": False, "steps": steps, "archive": archive, "objections": []}
