"""The end of the monolith as the demo brings it about: `--close`, `fig retire`, `fig farewell`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from fig.demo.judge.ownership import Gone, Window
from fig.demo.stage.commands import Fig
from fig.demo.stage.cutovers import refused
from fig.demo.stage.world import DemoFailed, Retired

CALLS = 20  # while people shop, some row is often on its way to legacy
RETIRE_CALLS = 60
POLL = 1.0  # seconds


async def close_window(fig: Fig, domain: str) -> Window:
    """Tried again while rows are on their way. Raises DemoFailed."""
    said: Mapping[str, Any] = {}
    for _ in range(CALLS):
        said = await fig.verdict("cutover", domain, "--close", "--yes")
        if said.get("ok"):
            words = [str(one["words"]) for one in said["checks"] if one["check"] == "verified"]
            return Window(domain, "; ".join(words))
        if not _on_its_way(said):
            break
        await asyncio.sleep(POLL)
    raise DemoFailed(f"fig cutover {domain} --close: {refused(said)}")


def _on_its_way(said: Mapping[str, Any]) -> bool:
    failed = [one["check"] for one in said.get("checks") or [] if one.get("ok") is False]
    return failed == ["reverse feed"]


async def retire(fig: Fig, horizon: float) -> Retired:
    """Asked until it is done. Raises DemoFailed with the reason that no waiting removes, or the
    last one."""
    first, words, done = "", "", dict[str, None]()
    for _ in range(RETIRE_CALLS):
        code, said, complaint = await fig.run(
            *fig.start, "retire", "--all", "--horizon", f"{horizon:g}s", "--yes", "--json"
        )
        lines = _documents(said)
        done |= {str(one["route"]): None for one in lines if "route" in one}  # each stays retired
        if code == 0:
            return Retired(tuple(done), first)
        against = [one for line in lines for one in line.get("objections") or []]
        errors = [str(line["error"]) for line in lines if line.get("error")]
        lasting = [str(one["words"]) for one in against if one["kind"] in LASTING]
        words = "; ".join([*lasting, *(str(one["words"]) for one in against), *errors][:3])
        words = words or complaint.decode(errors="replace").strip()[-200:]
        if lasting or code != 1:
            break
        first = first or (str(against[0]["words"]) if against else "")
        await asyncio.sleep(POLL)
    raise DemoFailed(f"fig retire --all: {words or 'no reason given'}")


LASTING = ("stage", "domain")  # objections that no waiting removes


def _documents(said: bytes) -> list[dict[str, Any]]:
    """A JSON object a line."""
    found = []
    for line in said.decode(errors="replace").splitlines():
        try:
            document = json.loads(line)
        except ValueError:
            continue
        if isinstance(document, dict):
            found.append(document)
    return found


async def farewell(fig: Fig) -> Gone:
    """Raises DemoFailed with the first reason against it."""
    said = await fig.verdict("farewell", "--yes")
    if not said.get("ok"):
        against = [str(one["words"]) for one in said.get("objections") or []]
        raise DemoFailed(f"fig farewell: {'; '.join(against[:3]) or said.get('error')}")
    archive = said["archive"]
    return Gone(
        at=0.0,
        steps=tuple(
            (str(one["step"]), float(one["seconds"]), str(one["words"])) for one in said["steps"]
        ),
        archive=str(archive["path"]),
        size=int(archive["bytes"]),
        tables=int(archive["tables"]),
        rows=int(archive["rows"]),
    )
