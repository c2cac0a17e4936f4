"""Act 2: the products' routes move; a planted fault is caught, and a guard refuses."""

from __future__ import annotations

from fig.demo.script.actions import (
    Approve,
    AskForRefusal,
    Edit,
    EditPrices,
    Flip,
    Follow,
    Forget,
    Mend,
    Migrate,
    SeeItStop,
)
from fig.demo.script.conditions import Caught, Clean, Moved
from fig.demo.script.pace import (
    COMPARED,
    NORMAL,
    ORDER_ROUTES,
    PAGE_ROUTES,
    PRODUCT_ROUTES,
    Pace,
    pairs_for,
    sure,
)
from fig.demo.script.step import Act, Step


def goods(pace: Pace) -> Act:
    return Act(
        2,
        "Products move, and a fault is caught",
        "The new side answers product requests, at first for nobody: its answers are compared "
        "with the monolith's. We planted a fault in it. It has to be found before a client meets "
        "it.",
        (*_fault(pace), *_shadow(pace), *_products(pace)),
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
            "comparing the answers of both sides; the new catalog has a planted fault",
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
        Step("mend", "The fault is mended", "restarting the catalog without it", Mend(), within=90),
    )


def _shadow(pace: Pace) -> tuple[Step, ...]:
    return (
        Step(
            "orders-shadow",
            "Orders follow into the shadow",
            "order pages and stock are asked on both sides; an order itself is never copied",
            Flip(ORDER_ROUTES, "shadow"),
            Moved(ORDER_ROUTES, "shadow", together=True),
        ),
        Step(
            "pages-shadow",
            "So do the pages",
            "one edit of the route file: everything a browser sees, the back office, logging in; a "
            "form is never copied",
            Edit(PAGE_ROUTES, "shadow"),
            Moved(PAGE_ROUTES, "shadow", together=True),
        ),
        Step(
            "forget",
            "Evidence from nothing",
            "the evidence collected with the fault is deleted; the walk goes on",
            Forget(COMPARED),
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
