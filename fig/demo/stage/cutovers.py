"""`fig cutover`, as the demo calls it, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fig.demo.judge.ownership import Handover
from fig.demo.stage.commands import Fig
from fig.demo.stage.world import DemoFailed

CALLS = 3  # an attempt that did not come about left everything as it was: it is tried again


async def cut_over(fig: Fig, domain: str, toward: str, bound: int) -> Handover:
    """Raises DemoFailed when it was refused, or did not come about."""
    back = ("--back",) if toward == "legacy" else ()
    said: Mapping[str, Any] = {}
    for call in range(1, CALLS + 1):
        said = await fig.verdict("cutover", domain, *back, "--bound", f"{bound}%")
        if said.get("ok"):
            return handover(said, toward, call)
    raise DemoFailed(f"fig cutover {domain} {' '.join(back)}: {refused(said)}")


def handover(said: Mapping[str, Any], toward: str, calls: int) -> Handover:
    """The last move of one call. One without a move found the domain there already."""
    moves = said.get("moves") or [{}]
    waits = moves[-1].get("waits") or {}
    return Handover(
        domain=str(said["domain"]),
        toward=toward,
        seconds=float(moves[-1].get("seconds") or 0.0),
        waited=int(waits.get("count") or 0),
        worst=float(waits.get("worst") or 0.0) * 1000,
        failed=int(moves[-1].get("failed") or 0),
        calls=calls,
    )


def refused(said: Mapping[str, Any]) -> str:
    checks = [str(one["words"]) for one in said.get("checks") or [] if one.get("ok") is False]
    moves = [str(one["words"]) for one in said.get("moves") or [] if not one.get("ok")]
    return "; ".join(checks + moves) or str(said.get("error") or "no reason given")
