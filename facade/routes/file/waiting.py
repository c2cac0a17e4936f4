"""Compare a route file with the one in force: must a route wait until the new side caught up?"""

from facade.routes.config.routefile import RouteFile
from facade.routes.file.problems import RouteFileError, in_order
from facade.routes.file.reading import Loaded, with_routes
from facade.runtime.lags import Lags, hold_back


class NotCaughtUp(RouteFileError):
    """A step comes too early: nothing is wrong with the file, and waiting may cure it."""


def check_lags(loaded: Loaded, in_force: RouteFile, lags: Lags, now: float) -> None:
    """Raises NotCaughtUp, at the places of the new file; `now` in unix seconds."""
    before = {route.name: route for route in in_force.routes}
    reading = loaded.reading.fresh()
    for index, route in enumerate(loaded.file.routes):
        reason = hold_back(before.get(route.name), route, lags, now)
        if reason is not None:
            reading.report(("routes", index, "stage"), reason)
    if reading.problems:
        raise NotCaughtUp(loaded.name, in_order(with_routes(reading, loaded.file)))
