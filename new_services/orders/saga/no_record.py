"""What stands in for the system of record where the service was given none."""

from typing import NoReturn

from chassis.web.app import Problem
from contracts.record import RecordAway

WHY = "no system of record is configured: set ORDERS_LEGACY_URL and ORDERS_SESSION_KEY"


class NoRecord:
    """See SystemOfRecord. Reads need none; a new order is refused before its saga begins."""

    def accepts(self, *_: object, **__: object) -> NoReturn:
        """Raises Problem: 503."""
        raise Problem(503, "Service Unavailable", WHY)

    async def away(self, *_: object, **__: object) -> NoReturn:
        """Raises RecordAway: to be tried again in a minute."""
        raise RecordAway(WHY, 60.0)

    place = find = cancel = look = away
