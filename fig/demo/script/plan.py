"""The script of the demo as data: what is done, what it waits for, and the sentence people read.

To let the demo go further, add steps here; the runner knows actions and conditions, no story.
"""

from __future__ import annotations

from dataclasses import dataclass

from fig.demo.script.actions import (
    Action,
    Approve,
    AskForRefusal,
    AskToRetire,
    BringUp,
    EditPrices,
    Flip,
    Follow,
    Forget,
    LegacyIsBack,
    LetIn,
    Mend,
    Migrate,
    ReadOrders,
    SeeItStop,
    SendHome,
    StopLegacy,
    Verify,
)
from fig.demo.script.conditions import (
    Caught,
    Clean,
    Condition,
    Finished,
    Left,
    Moved,
    Recovered,
    Shoppers,
)
from fig.demo.script.pace import (
    COMPARED,
    MOVED,
    NORMAL,
    ORDER_READS,
    ORDER_ROUTES,
    PRODUCT_ROUTES,
    Pace,
    pairs_for,
    sure,
)

FAULT = "discount-rounding"


@dataclass(frozen=True)
class Step:
    """Do something, stay at least `hold` seconds, until the condition holds, at most `within`."""

    name: str
    title: str
    say: str
    do: Action | None = None
    until: Condition | None = None
    hold: float = 0.0
    within: float = 60.0


def plan(pace: Pace) -> tuple[Step, ...]:
    """The whole story, in order."""
    return (
        *_before(pace),
        *_fault(pace),
        *_shadow(pace),
        *_products(pace),
        *_orders(pace),
        *_away(pace),
        *_way_back(pace),
        *_end(),
    )


def _before(pace: Pace) -> tuple[Step, ...]:
    return (
        Step(
            "up",
            "The shop opens",
            "starting PostgreSQL, NATS, the monolith, the change feed, the services and the facade",
            BringUp(FAULT),
            within=180,
        ),
        Step(
            "baseline",
            "Business as usual",
            "shoppers come in; the monolith answers everything",
            LetIn(pace.users),
            Shoppers(pace.users),
            hold=pace.baseline,
        ),
    )


def _fault(pace: Pace) -> tuple[Step, ...]:
    return (
        Step(
            "shadow",
            "Into the shadow",
            "fig migrate walks the products' routes by itself: first the new side gets a copy of "
            "every request; clients still get the monolith's answers",
            Migrate(PRODUCT_ROUTES, pace.canaries, pace.canary, pace.products.canary),
            Moved(PRODUCT_ROUTES, "shadow"),
            within=60,
        ),
        Step(
            "catch",
            "The comparison finds a fault",
            "comparing the answers of both sides; the catalog carries a fault nobody told it about",
            until=Caught(PRODUCT_ROUTES, pairs=50),
            within=60,
        ),
        Step(
            "stop",
            "The walk stops by itself",
            "the guard of a route sees the fault, and the walk takes no further step",
            SeeItStop(PRODUCT_ROUTES),
            within=60,
        ),
        Step(
            "refuse",
            "A promotion is refused",
            "asking for canary 5 % all the same; the evidence speaks against it",
            AskForRefusal("product-list", "canary", 5),
        ),
        Step(
            "mend",
            "The fault is mended",
            "restarting the catalog without it",
            Mend(),
            within=90,
        ),
    )


def _shadow(pace: Pace) -> tuple[Step, ...]:
    return (
        Step(
            "forget",
            "Evidence from nothing",
            "what was found with the fault speaks of it alone; it is forgotten; the walk goes on",
            Forget(COMPARED),
        ),
        Step(
            "orders-shadow",
            "Orders follow into the shadow",
            "order pages and stock are asked on both sides; an order itself is never copied",
            Flip(ORDER_ROUTES, "shadow"),
            Moved(ORDER_ROUTES, "shadow", together=True),
        ),
        Step(
            "clean",
            "Clean pairs",
            f"collecting pairs: a canary needs {sure(pace.products.canary)}{_wider(pace)}",
            until=Clean(PRODUCT_ROUTES, pairs_for(pace.products.canary)),
            within=180,
        ),
    )


def _wider(pace: Pace) -> str:
    """A pace that is content with less says so."""
    usual, own = NORMAL.products, pace.products
    if own == usual:
        return ""
    return (
        f"; the fast demo has wider bounds, {own.canary} and {own.new} %,"
        f" than the usual {usual.canary} and {usual.new} %"
    )


def _products(pace: Pace) -> tuple[Step, ...]:
    canaries = tuple(_canary(percent) for percent in pace.canaries)
    return (
        *canaries,
        Step(
            "sure",
            "More clean pairs",
            f"to answer everybody the new side needs {sure(pace.products.new)}",
            until=Clean(PRODUCT_ROUTES, pairs_for(pace.products.new)),
            within=600,
        ),
        Step(
            "new",
            "The new side answers",
            "a person approves the last step: everybody is answered by the catalog now; legacy is "
            "the fallback only",
            Approve(PRODUCT_ROUTES),
            Moved(PRODUCT_ROUTES, "new"),
            hold=pace.new,
            within=pace.new + 60,
        ),
        Step(
            "price",
            "A price changes in the old admin page",
            "an editor changes prices in the monolith; the new side has to show them",
            EditPrices(pace.price_edits),
        ),
    )


def _canary(percent: int) -> Step:
    """The walk holds each step for its time; this only looks on."""
    return Step(
        f"canary-{percent}",
        f"Canary {percent} %",
        f"{percent} % of the shoppers are answered by the new side, always the same ones",
        Follow(PRODUCT_ROUTES, percent),
        Moved(PRODUCT_ROUTES, "canary"),
        within=180,
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
            f"and to answer everybody {sure(pace.orders.new)}",
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


def _away(pace: Pace) -> tuple[Step, ...]:
    return (
        Step(
            "away",
            "Legacy is stopped",
            f"for {pace.away:.0f} s and its start there is no monolith; orders are taken all the "
            "same, as pending",
            StopLegacy(pace.away),
            Recovered(),
            within=150,
        ),
        Step(
            "finish",
            "Legacy is back",
            "what was accepted meanwhile is written to it",
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
            "the way back is open: every route returns to legacy, step by step",
            Flip(MOVED, "legacy", walk=True),
            Moved(MOVED, "legacy", together=True),
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
            "nothing was lost on the way; forward again",
            Flip(MOVED, "new", walk=True),
            Moved(MOVED, "new", together=True),
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
            "asking to retire the orders' route: legacy still owns the data behind it, so the "
            "routes end at new",
            AskToRetire("place-order"),
        ),
    )


def _end() -> tuple[Step, ...]:
    return (
        Step(
            "home",
            "Closing time",
            "the last shoppers leave",
            SendHome(),
            until=Left(),
            within=60,
        ),
        Step(
            "verify",
            "The books are closed",
            "fig verify compares both sides row by row; no saga may be stuck, no order lost",
            Verify(),
            within=120,
        ),
    )
