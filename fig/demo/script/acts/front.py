"""Act 1: the facade stands in front of the monolith, and nothing changes."""

from __future__ import annotations

from fig.demo.script.actions import BringUp, LetIn
from fig.demo.script.conditions import Shoppers
from fig.demo.script.pace import Pace
from fig.demo.script.step import Act, Step

FAULT = "discount-rounding"


def front(pace: Pace) -> Act:
    return Act(
        1,
        "In front, nothing changes",
        "A facade stands in front of the monolith now. No route has moved: the monolith answers "
        "every request as before.",
        (
            Step(
                "up",
                "The shop opens",
                "starting PostgreSQL, NATS, the monolith, the change feed, the services and the "
                "facade",
                BringUp(FAULT),
                within=240,
            ),
            Step(
                "baseline",
                "Business as usual",
                "shoppers arrive; the monolith answers everything",
                LetIn(pace.users),
                Shoppers(pace.users),
                hold=pace.baseline,
            ),
        ),
    )
