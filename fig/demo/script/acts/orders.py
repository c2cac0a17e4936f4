"""Act 3: orders and pages move; the monolith is stopped for a moment; the way back is open."""

from __future__ import annotations

from fig.demo.script.actions import AskToRetire, Edit, Flip, LegacyIsBack, ReadOrders, StopLegacy
from fig.demo.script.conditions import Clean, Finished, Moved, Recovered
from fig.demo.script.pace import (
    API_ROUTES,
    ORDER_READS,
    ORDER_ROUTES,
    PAGE_READS,
    PAGE_ROUTES,
    Pace,
    pairs_for,
    sure,
)
from fig.demo.script.step import Act, Step


def orders(pace: Pace) -> Act:
    return Act(
        3,
        "Orders and pages move, and legacy is stopped for a moment",
        "Orders are harder: they write on both sides. Pages follow. Then the monolith is stopped "
        "under load, to see what still needs it, and the app's routes go back once, to see that "
        "the way back is open.",
        (*_orders(pace), *_pages(pace), *_away(pace), *_way_back(pace)),
    )


def _orders(pace: Pace) -> tuple[Step, ...]:
    shares = tuple(
        Step(
            f"orders-{percent}",
            f"Orders: canary {percent} %",
            f"{percent} % of the customers order through the saga, which writes both sides",
            Flip(ORDER_ROUTES, "canary", percent),
            Moved(ORDER_ROUTES, "canary", together=True),
            hold=pace.canary,
            within=pace.canary + 150,  # of few customers, one in ten may take a while to come
        )
        for percent in pace.order_canaries
    )
    return (
        Step(
            "orders-clean",
            "Clean pairs of the order pages",
            f"few shoppers look at their orders: here a canary needs {sure(pace.orders.canary)}",
            until=Clean(ORDER_READS, pairs_for(pace.orders.canary)),
            within=300,
        ),
        *shares,
        Step(
            "orders-sure",
            "More clean pairs of the order pages",
            f"and for all clients {sure(pace.orders.new)}",
            until=Clean(ORDER_READS, pairs_for(pace.orders.new)),
            within=600,
        ),
        Step(
            "orders-new",
            "The new side takes the orders",
            "every order goes through the saga; legacy takes the stock, and holds every order",
            Flip(ORDER_ROUTES, "new"),
            Moved(ORDER_ROUTES, "new", together=True),
            hold=pace.new,
            within=pace.new + 60,
        ),
    )


def _pages(pace: Pace) -> tuple[Step, ...]:
    return (
        Step(
            "pages-clean",
            "Clean pairs of the pages",
            f"some pages are seldom visited, and the demo does not wait long for them: "
            f"{sure(pace.pages.new)}",
            until=Clean(PAGE_READS, pairs_for(pace.pages.new)),
            within=300,
        ),
        Step(
            "pages-50",
            "Pages: canary 50 %",
            "by another edit; carts and logins continue, whichever side answers the next click",
            Edit(PAGE_ROUTES, "canary", 50),
            Moved(PAGE_ROUTES, "canary", together=True),
            hold=pace.canary,
            within=pace.canary + 150,
        ),
        Step(
            "pages-new",
            "The new side shows the pages",
            "every page comes from the storefront; new accounts and prices still go to the "
            "monolith's own forms",
            Edit(PAGE_ROUTES, "new"),
            Moved(PAGE_ROUTES, "new", together=True),
            hold=pace.new,
            within=pace.new + 60,
        ),
    )


def _away(pace: Pace) -> tuple[Step, ...]:
    return (
        Step(
            "away",
            "Legacy is stopped",
            f"for {pace.away:.0f} s and its start there is no monolith; orders are still accepted, "
            "as pending",
            StopLegacy(pace.away),
            Recovered(),
            within=150,
        ),
        Step(
            "finish",
            "Legacy is back",
            "the orders accepted meanwhile are written to it",
            LegacyIsBack(),
            Finished(),
            within=120,
        ),
    )


def _way_back(pace: Pace) -> tuple[Step, ...]:
    return (
        Step(
            "back",
            "All the way back",
            "the way back is open: every route of the app returns to legacy, step by step",
            Flip(API_ROUTES, "legacy", walk=True),
            Moved(API_ROUTES, "legacy", together=True),
            hold=pace.back,
            within=pace.back + 90,
        ),
        Step(
            "read-legacy",
            "Legacy has the orders of the new side",
            "customers read what they ordered, answered by the monolith",
            ReadOrders("legacy"),
        ),
        Step(
            "forward",
            "And forward again",
            "the same routes go to the new side again; nothing may be lost on the way",
            Flip(API_ROUTES, "new", walk=True),
            Moved(API_ROUTES, "new", together=True),
            hold=pace.back,
            within=pace.back + 90,
        ),
        Step(
            "read-new",
            "And the new side those of legacy",
            "customers read what they ordered, answered by the new side",
            ReadOrders("new"),
        ),
        Step(
            "retire",
            "Retiring is refused",
            "trying to retire the orders' route; legacy still owns the data behind it",
            AskToRetire("place-order"),
        ),
    )
