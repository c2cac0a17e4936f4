"""The route file of a calibration: the compared routes in shadow, with legacy on the new side."""

from typing import Any

import yaml

from facade.routes.config.routefile import FULL, LEGACY, RouteConfig, RouteFile

AGAIN = "legacy-again"  # the upstream that stands for the new side
READS = frozenset({"GET", "HEAD"})

# What belongs to a stage or to a new side, and so has no place here.
_LEFT_OUT = ("new", "percent", "guard", "stage", "compare", "needs", "fallback")


class NothingToCompare(ValueError):
    """The route file compares nothing."""


def compared(file: RouteFile, every_read: bool) -> list[RouteConfig]:
    """The routes to calibrate: those with a `compare`, or every one that only reads."""
    found = [
        route
        for route in file.routes
        if (set(route.methods) <= READS if every_read else route.compare is not None)
    ]
    if not found:
        raise NothingToCompare("no route has a `compare`; --every-read takes all that only read")
    return found


def reference_file(data: bytes, file: RouteFile, legacy: str, every_read: bool) -> str:
    """The text of the calibration's route file.

    `data` is the operator's file as it was written, `file` the same as it was read, `legacy`
    the URL both sides are asked at. Raises NothingToCompare.
    """
    written: dict[str, Any] = yaml.safe_load(data)
    wanted = {route.name: route for route in compared(file, every_read)}
    address = {"url": legacy}
    return yaml.safe_dump(
        {
            "facade": _fitting(written.get("facade") or {}),
            "upstreams": {LEGACY: address, AGAIN: address},
            "routes": [_route(one, wanted.get(one["name"])) for one in written["routes"]],
            "compare_rules": written.get("compare_rules") or {},
        },
        allow_unicode=True,
        sort_keys=False,
    )


def _fitting(options: dict[str, Any]) -> dict[str, Any]:
    """Without what keeps a session from the new side: legacy has to be asked in the same words."""
    return {name: value for name, value in options.items() if name not in ("identity", "shadow")}


def _route(written: dict[str, Any], wanted: RouteConfig | None) -> dict[str, Any]:
    kept = {name: value for name, value in written.items() if name not in _LEFT_OUT}
    if wanted is None:
        return kept | {"stage": "legacy"}
    sample = f"{FULL // 100}%"
    rules = wanted.compare.rules if wanted.compare else None
    compare = {"sample": sample} | ({"rules": rules} if rules else {})
    return kept | {"new": AGAIN, "stage": "shadow", "compare": compare}
