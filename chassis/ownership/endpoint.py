"""The state of a domain, and orders to move it: the messages of contracts.cutover.

On a service's own port, which no route of the facade leads to.
"""

from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from chassis.ownership.driver import Driver, NotBegun
from chassis.ownership.record import Fence, Owner, Record
from chassis.ownership.sides import LegacyAway
from chassis.web.app import JsonBytes, Problem, in_json
from contracts.cutover import path

MOST_ROGUES = 20
_WAITS = """
SELECT count(*) AS count, percentile_disc(0.5) WITHIN GROUP (ORDER BY seconds) AS p50,
       percentile_disc(0.99) WITHIN GROUP (ORDER BY seconds) AS p99, max(seconds) AS worst
FROM domain_wait WHERE domain = $1 AND operator = $2
"""
_ROGUES = "SELECT said FROM rogue_write WHERE domain = $1 ORDER BY at DESC LIMIT $2"


class Order(BaseModel):
    """Move the domain to this owner; the attempt is called `operator`."""

    toward: Owner
    operator: str = ""
    attempt: int | None = None  # the last number seen; None: any


class Withdrawal(BaseModel):
    """No order under this number is carried out any more."""

    attempt: int


@dataclass(slots=True)
class Cutover:
    """The endpoints of one domain."""

    driver: Driver

    def register(self, app: FastAPI) -> None:
        """Put the routes on the application."""
        here = path(self.driver.records.domain)
        app.add_api_route(here, self.stands, methods=["GET"])
        app.add_api_route(here, self.moved, methods=["POST"])
        app.add_api_route(f"{here}/withdraw", self.withdrawn, methods=["POST"])
        app.add_api_route(f"{here}/close", self.closed, methods=["POST"])

    async def stands(self) -> JsonBytes:
        """The state of the domain."""
        return in_json(await self._standing(await self.driver.records.look()))

    async def moved(self, order: Order) -> JsonBytes:
        """Begin to move it; this does not wait for the end."""
        try:
            begun = await self.driver.begin(order.toward, order.operator, order.attempt)
        except (NotBegun, LegacyAway) as error:
            raise _conflict(str(error)) from error
        return in_json(await self._standing(begun), 202)

    async def withdrawn(self, order: Withdrawal) -> JsonBytes:
        """An order that did not arrive yet comes too late."""
        after = await self.driver.withdraw(order.attempt)
        return in_json(await self._standing(after))

    async def closed(self) -> JsonBytes:
        """The window ends."""
        try:
            after = await self.driver.close()
        except (NotBegun, LegacyAway) as error:
            raise _conflict(str(error)) from error
        return in_json(await self._standing(after))

    async def _standing(self, record: Record) -> dict[str, Any]:
        pool, reverse = self.driver.records.pool, self.driver.reverse
        pending, lag = await reverse.behind()
        waits = await pool.fetchrow(_WAITS, record.domain, record.operator)
        rogues = await pool.fetch(_ROGUES, record.domain, MOST_ROGUES)
        try:
            fence, trouble = await self.driver.legacy.look()
        except LegacyAway as error:
            fence, trouble = Fence(), str(error)
        return {
            "domain": record.domain,
            "owner": record.owner,
            "epoch": record.epoch,
            "window": "open" if record.window_open else "closed",
            "phase": record.phase,
            "toward": record.toward,
            "attempt": record.attempt,
            "operator": record.operator,
            "words": record.words,
            "steps": [{"step": step, "seconds": seconds} for step, seconds in self.driver.steps],
            "waits": dict(waits),
            "reverse": {
                "ready": not reverse.trouble,
                "pending": pending,
                "position": reverse.position,
                "lag": lag,
                "trouble": reverse.trouble,
            },
            "fence": {"owner": fence.owner, "attempt": fence.attempt, "trouble": trouble},
            "rogues": [row["said"] for row in reversed(rogues)],
        }


def _conflict(detail: str) -> Problem:
    return Problem(409, "Conflict", detail)
