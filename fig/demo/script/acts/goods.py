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
        "The new side gets a copy of every product request; no client sees its answers, but they "
        "are compared with the monolith's. The new side has a planted fault, which has to be found "
        "before a client meets it.",
        (*_fault(pace), *_shadow(pace), *_products(pace)),
    )


def _fault(pace: Pace) -> tuple[Step, ...]:
    return (
        Step(
            "shadow",
            "Into the shadow",
            "fig migrate moves the products' routes step by step: first the new side gets a copy "
            "of every request; clients still get the monolith's answers",
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
            "The migration stops by itself",
            "the guard of a route sees the differences, and fig migrate takes no further step",
            SeeItStop(PRODUCT_ROUTES),
            within=60,
        ),
        Step(
            "refuse",
            "A promotion is refused",
            "trying canary 5 % by hand; fig flip refuses, because of the evidence",
            AskForRefusal("product-list", "canary", 5),
        ),
        Step(
            "mend", "The fault is removed", "restarting the catalog without it", Mend(), within=90
        ),
    )


def _shadow(pace: Pace) -> tuple[Step, ...]:
    return (
        Step(
            "orders-shadow",
            "Orders follow into the shadow",
            "reads of orders and stock go to both sides; an order itself is never copied",
            Flip(ORDER_ROUTES, "shadow"),
            Moved(ORDER_ROUTES, "shadow", together=True),
        ),
        Step(
            "pages-shadow",
            "Pages follow too",
            "one edit of the route file: all pages of the shop, the back office, the login; a sent "
            "form is never copied",
            Edit(PAGE_ROUTES, "shadow"),
            Moved(PAGE_ROUTES, "shadow", together=True),
        ),
        Step(
            "forget",
            "Evidence from nothing",
            "the evidence collected with the fault is deleted; the migration goes on",
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
    """For a pace with wider bounds: that it has them."""
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
            f"for all clients the new side needs {sure(pace.products.new)}",
            until=Clean(PRODUCT_ROUTES, pairs_for(pace.products.new)),
            within=600,
        ),
        Step(
            "new",
            "The new side answers",
            "a person approves the last step: the catalog answers every client now; legacy is only "
            "the fallback",
            Approve(PRODUCT_ROUTES),
            Moved(PRODUCT_ROUTES, "new"),
            hold=pace.new,
            within=pace.new + 60,
        ),
        Step(
            "price",
            "A price changes in the old admin page",
            "an editor changes prices in the monolith; the new side has to show the new ones",
            EditPrices(pace.price_edits),
        ),
    )


def _canary(percent: int) -> Step:
    """The migration holds each step for its time; this step only waits for it."""
    return Step(
        f"canary-{percent}",
        f"Canary {percent} %",
        f"the new side answers {percent} % of the shoppers, always the same ones",
        Follow(PRODUCT_ROUTES, percent),
        Moved(PRODUCT_ROUTES, "canary"),
        within=180,
    )
