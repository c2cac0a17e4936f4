"""`python -m facade sidecar status`: how the sidecar does."""

from pathlib import Path
from typing import Any

import click

from chassis.cli.output import Output, json_option
from facade.commands import REFUSED
from facade.commands.sidecar.options import folder_option, handle

MOST_SHAPES = 15


@click.command()
@folder_option
@json_option("FACADE_SIDECAR_STATUS_JSON")
def status(folder: Path, out: Output) -> None:
    """Say what it records, which faults it injects, how fast the monolith answers.

    Exit code 0 when it runs, 1 when it is off.
    """
    place = handle(folder)
    found, guardian = place.status_now(), place.guardian()
    if guardian is None:
        words = "the sidecar is off; `sidecar on` starts it"
    else:
        words = _text(found) if found else f"the sidecar is starting; see {place.folder.log}"
    out.give({"on": guardian is not None, "status": found}, words)
    if guardian is None:
        raise SystemExit(REFUSED)


def _text(found: dict[str, Any]) -> str:
    lines = [f"on {found['listen']} before {found['upstream']} (pid {found['pid']})"]
    lines += [f"plan.json is not followed: {error}" for error in found["plan_errors"]]
    lines.append(_recording(found["recording"]))
    lines += [f"fault {one['name']}: {one['match']}, struck {one['hits']} times"
              for one in found["faults"]]  # fmt: skip
    shapes = list(found["shapes"].items())
    for name, shape in shapes[:MOST_SHAPES]:
        ms = shape["ms"]
        took = f"p50 {ms['p50']:.1f} ms, p99 {ms['p99']:.1f} ms" if ms else "no answer yet"
        broken = f", {shape['errors']} without an answer" if shape["errors"] else ""
        lines.append(f"  {shape['requests']:>7}  {name}  {took}{broken}")
    if len(shapes) > MOST_SHAPES:
        lines.append(f"  … and {len(shapes) - MOST_SHAPES} more")
    return "\n".join(lines)


def _recording(found: dict[str, Any] | None) -> str:
    if found is None:
        return "records nothing"
    left_out = ", ".join(f"{count} {why}" for why, count in found["left_out"].items())
    without = f"; left out: {left_out}" if left_out else ""
    raw = "" if found["scrubbed"] else " WITH CREDENTIALS"
    megabytes = found["bytes"] / 1e6
    return f"records{raw} to {found['file']}: {found['flows']} ({megabytes:.1f} MB){without}"
