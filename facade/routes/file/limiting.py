"""What must hold between `limits` and the routes that name them."""

from facade.routes.config.limitfile import LimitConfig
from facade.routes.config.routefile import RouteFile
from facade.routes.file.places import Path, Reading
from facade.routes.file.problems import unknown
from facade.routes.limits.limit import NAMED
from facade.routes.sessions import is_sticky


def check_limits(file: RouteFile, reading: Reading) -> None:
    """Names, keys that cannot be found, and limits that a client can get round."""
    if not reading.is_good("limits"):
        return
    used: set[str] = set()
    for index, route in enumerate(file.routes):
        path: Path = ("routes", index, "limits")
        if not reading.is_good(*path):
            continue
        used.update(route.limits)
        for name in route.limits:
            if name not in file.limits:
                reading.report(path, unknown("limit", name, file.limits))
        if len(set(route.limits)) != len(route.limits):
            reading.report(path, "a limit is named twice")
        known = [file.limits[name] for name in route.limits if name in file.limits]
        if known and not any(map(holds_for_anybody, known)):
            message = (
                "a client that sends another value each time gets round this; name a limit"
                " whose key is client, [person, client] or [api_key, client], as well"
            )
            reading.report(path, message, severity="warning")
    for name, limit in file.limits.items():
        if name not in used:
            reading.report(("limits", name), "no route names this limit", severity="warning")
        _keys(limit, file, reading)


def holds_for_anybody(limit: LimitConfig) -> bool:
    """Whether no client can choose what it is counted by."""
    kinds = [source.kind for source in limit.key]
    return "client" in kinds and set(kinds[: kinds.index("client")]) <= NAMED


def _keys(limit: LimitConfig, file: RouteFile, reading: Reading) -> None:
    path: Path = ("limits", limit.name, "key")
    for at, source in enumerate(limit.key):
        if source.kind == "person" and file.facade.identity is None:
            message = "'facade.identity' is missing: it says which side knows who is asking"
            reading.report((*path, at), message)
        elif source.kind == "session" and is_sticky(file.facade):
            message = (
                "the framework changes the session with its answers, and the count starts again"
                " then; person and client stay the same"
            )
            reading.report((*path, at), message, severity="warning")
