"""The demo's own copy of the route file: it says what the user's says, but for what the demo moves.

Comments stay behind: they are in the user's own file, which the copy names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from chassis.process.files import write_whole
from fig.demo.script.actions import Flip
from fig.demo.stage.world import DemoFailed

ALL, SEVERAL = "100%", "20%"
HEAD = """\
# A copy of {source}
# that `fig demo` made for itself and moves while it runs; yours is untouched.
"""


@dataclass(frozen=True)
class Wanted:
    """What the demo needs of its copy: these routes begin in legacy; reads of the `compared` ones
    are all asked on both sides, of the `often` asked ones one in five; `promote` are the bounds of
    their promotions, `breaker` settings of legacy other than the user's.
    """

    moved: tuple[str, ...]
    compared: tuple[str, ...]
    often: tuple[str, ...] = field(default=(), kw_only=True)
    promote: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    breaker: Mapping[str, str] = field(default_factory=dict)


def edit(path: Path, action: Flip) -> str:
    """Write the demo's copy with these routes elsewhere, by rename; its version afterwards."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    for route in document["routes"]:
        if route["name"] in action.routes:
            route["stage"] = action.stage
            route.pop("percent", None)
            if action.percent is not None:
                route["percent"] = action.percent
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
    write_whole(path, text)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def copy_in_legacy(source: Path, target: Path, wanted: Wanted) -> None:
    """Write `target` by rename. Raises DemoFailed when the source lacks a route to be moved.

    Other routes stay where they are: some have no side but the new one.
    """
    document = yaml.safe_load(source.read_text(encoding="utf-8"))
    named = {route.get("name"): route for route in document.get("routes") or []}
    missing = [name for name in wanted.moved if name not in named]
    if missing:
        raise DemoFailed(f"{source} has no route {', '.join(missing)}; the demo moves these")
    for name in wanted.moved:
        named[name]["stage"] = "legacy"
        named[name].pop("percent", None)
    for name in wanted.compared:
        named[name].setdefault("compare", {})["sample"] = SEVERAL if name in wanted.often else ALL
    for name, bounds in wanted.promote.items():
        named[name]["promote"] = dict(bounds)
    if wanted.breaker:
        document["upstreams"]["legacy"].setdefault("breaker", {}).update(wanted.breaker)
    document.setdefault("facade", {})["expose"] = True  # the price desk asks who answered
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, HEAD.format(source=source) + text)
