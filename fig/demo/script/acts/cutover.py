"""Act 4: the new side becomes the owner of each domain, legacy again, and the new side again."""

from __future__ import annotations

from fig.demo.script.actions import CutOver
from fig.demo.script.pace import Pace
from fig.demo.script.step import Act, Step

WHAT = {
    "goods": "products, categories and prices",
    "orders": "orders, lines, payments and stock",
    "accounts": "customers and their logins",
}


def cutover(pace: Pace) -> Act:
    return Act(
        4,
        "The data changes its owner, there, back and there again",
        "So far every write ended in the monolith. Now writes wait for a moment, the monolith's "
        "tables are fenced, and the writes go on with the new side as owner; legacy is kept "
        "current. Then the way back, which must lose nothing, and there again.",
        tuple(
            Step(
                f"cutover-{domain}",
                f"The owner of {domain}",
                f"fig cutover {domain}, --back, and again, while people shop: {what}; both sides "
                "are compared before each move to the new one",
                CutOver(domain, pace.pages.new),
                within=300,
            )
            for domain, what in WHAT.items()
        ),
    )
