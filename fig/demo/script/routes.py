"""The demo's own copy of the route file: it says what the user's says, but for what the demo moves.

Comments stay behind: they are in the user's own file, which the copy names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from chassis.process.files import write_whole
from fig.demo.stage.world import DemoFailed

HEAD = """\
# A copy of {source}
# that `fig demo` made for itself and moves while it runs; yours is untouched.
"""


@dataclass(frozen=True)
class Wanted:
    """What the demo needs of its copy: these routes begin in legacy; reads of the `compared` ones
    are all asked on both sides; `promote` are the bounds of their promotions, `breaker` settings of
    legacy other than the user's."""

    moved: tuple[str, ...]
    compared: tuple[str, ...]
    promote: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    breaker: Mapping[str, str] = field(default_factory=dict)


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
        named[name].setdefault("compare", {})["sample"] = "100%"
    for name, bounds in wanted.promote.items():
        named[name]["promote"] = dict(bounds)
    if wanted.breaker:
        document["upstreams"]["legacy"].setdefault("breaker", {}).update(wanted.breaker)
    document.setdefault("facade", {})["expose"] = True  # the price desk asks who answered
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, HEAD.format(source=source) + text)
