"""Routes that leave the file, or are not in it yet again: what a reload may take for meant."""

from facade.routes.config.routefile import FacadeOptions, RouteFile


def may_leave(name: str, options: FacadeOptions) -> bool:
    """Whether the file says that this route is gone on purpose."""
    return name in options.leaving


def lost(before: RouteFile, after: RouteFile) -> tuple[str, ...]:
    """The names of routes that were there and are not, and are not said to leave."""
    names = {route.name for route in after.routes}
    gone = (route.name for route in before.routes if route.name not in names)
    return tuple(name for name in gone if not may_leave(name, after.facade))
