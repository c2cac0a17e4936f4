"""The demo's own copy of the route file: everything as the user wrote it, every route in legacy."""

from __future__ import annotations

import io
from collections.abc import Collection
from pathlib import Path

from ruamel.yaml import YAML

from fig.demo.world import DemoFailed

HEAD = "# A copy that `fig demo` made for itself and moves while it runs; yours is untouched.\n"


def copy_in_legacy(source: Path, target: Path, compared: Collection[str]) -> None:
    """Write `target` by rename; all reads of the `compared` routes will be asked on both sides.

    Raises DemoFailed when the source lacks one of these routes.
    """
    yaml = YAML()
    yaml.width = 4096  # never fold what the user wrote on one line
    document = yaml.load(source.read_text(encoding="utf-8"))
    named = {route.get("name"): route for route in document.get("routes") or []}
    missing = [name for name in compared if name not in named]
    if missing:
        raise DemoFailed(f"{source} has no route {', '.join(missing)}; the demo moves these")
    for name, route in named.items():
        route["stage"] = "legacy"
        route.pop("percent", None)
        if name in compared:
            route.setdefault("compare", {})["sample"] = "100%"
    document.setdefault("facade", {})["expose"] = True  # the price desk asks who answered
    text = io.StringIO()
    yaml.dump(document, text)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(target.name + ".fresh")
    fresh.write_text(HEAD + text.getvalue(), encoding="utf-8")
    fresh.rename(target)
