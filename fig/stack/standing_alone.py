"""A shop that begins without a monolith (`fig up --alone`): how its data folder says so, and the
route file that it gets.
"""

import importlib.util
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chassis.process.files import write_whole
from fig.errors import BadSetting
from fig.settings import Home
from fig.stack import ended
from fig.stack.ended import Ended

ALONE = "alone"
HEAD = """\
# Made by `fig up --alone` from {source}, once: yours to edit.
# There is no upstream `legacy`: what no route names is answered with 404.
"""


def legacy_here() -> bool:
    """Whether the monolith is in this checkout at all."""
    return importlib.util.find_spec("fig.stack.legacy_side") is not None


def standing(home: Home, alone: bool) -> Ended | None:
    """Whether the shop of the folder has a monolith (None: yes), before it is brought up.

    `alone`: it is to begin without one. Written down in a fresh folder. Raises BadSetting where the
    folder's shop has one.
    """
    said = ended.read(home)
    if said is not None or (legacy_here() and not alone):
        return said
    if (home.folder / "postgres" / "data").exists():
        raise BadSetting(
            f"the shop in {home.folder} has a monolith: `fig farewell` ends it; for a shop that"
            " begins alone, name another folder in FIG_HOME"
        )
    said = Ended(time.time(), ALONE)
    ended.write(home, said)
    return said


def own_routes(home: Home, source: Path) -> Path:
    """The route file of such a shop: made of the project's, where it is not there yet.

    Raises BadSetting where the source cannot be read.
    """
    target = home.folder / "routes.yaml"
    if not target.exists():
        import yaml  # late: only a fresh shop of this kind needs it

        try:
            document = without_legacy(yaml.safe_load(source.read_text(encoding="utf-8")))
        except (OSError, yaml.YAMLError, AttributeError, TypeError) as error:
            raise BadSetting(f"{source}: {error}") from error
        text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
        write_whole(target, HEAD.format(source=source.name) + text, lasting=True)
    return target


def without_legacy(document: Mapping[str, Any]) -> dict[str, Any]:
    """The same routes, each retired; those without a new side are left out, like what only legacy
    could be compared with."""
    upstreams = {name: one for name, one in document["upstreams"].items() if name != "legacy"}
    routes = [
        dict(route) if "compose" in route else _retired(route)
        for route in document["routes"]
        if "new" in route or "compose" in route
    ]
    closed = {"owner": "new", "window": "closed"}
    kept = {name: part for name, part in document.items() if name != "compare_rules"}
    return {
        **kept,
        "upstreams": upstreams,
        "domains": dict.fromkeys(document.get("domains") or (), closed),
        "routes": routes,
    }


def _retired(route: Mapping[str, Any]) -> dict[str, Any]:
    gone = ("percent", "compare", "guard", "fallback", "max_lag", "plan", "promote", "testers")
    return {**{name: part for name, part in route.items() if name not in gone}, "stage": "retired"}
