"""How long the demo's story takes and how sure it has to be: the usual pace, and the fast one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PRODUCT_ROUTES = ("product-list", "product-detail", "category-list")
ORDER_READS = ("order-list", "order-detail", "stock")
ORDER_ROUTES = ("place-order", "cancel-order", *ORDER_READS)  # one seed: they move together
PAGE_READS = (
    *("home-page", "search-page", "category-page", "product-page", "cart-page", "checkout-page"),
    *("orders-page", "order-page", "login-page", "register-page", "me"),
    *("admin-page", "admin-home", "admin-products-page", "admin-product-page"),
    *("sales-report", "sales-csv", "pictures", "static-files", "favicon", "robots"),
)
OFTEN = ("home-page", "product-page", "pictures", "static-files")  # of the pages
PAGE_ROUTES = (  # and the forms on them; logging in belongs to them, since it is a page, too
    *PAGE_READS,
    *("checkout-order", "order-cancel-page", "cart-change", "article-save", "stock-count"),
    *("login", "logout", "login-form", "logout-page", "register"),
)
# Of those: the monolith's own form decides, as long as it owns the data behind it.
LEGACY_DECIDES = ("register", "article-save", "stock-count")
COMPARED = (*PRODUCT_ROUTES, *ORDER_READS, *PAGE_READS)
API_ROUTES = (*PRODUCT_ROUTES, *ORDER_ROUTES)  # of the shop's app
MOVED = (*API_ROUTES, *PAGE_ROUTES)
DOMAINS = ("goods", "orders", "accounts")  # in the order in which they change their owner


@dataclass(frozen=True)
class Bounds:
    """In percent: how many of a route's answers may be wrong on a step to canary, and to new."""

    canary: int
    new: int

    @property
    def written(self) -> dict[str, str]:
        """As `promote` in the route file."""
        return {"canary": f"{self.canary}%", "new": f"{self.new}%"}


# What `facade.compare.evidence.bounds.anytime_pairs_needed` says: fig does not import the facade.
_PAIRS = {90: 2, 80: 3, 50: 7, 30: 14, 20: 24, 10: 53, 5: 116, 1: 680}


def pairs_for(percent: int) -> int:
    """Clean pairs of a route that exclude more wrong answers than that, however often one looks."""
    return _PAIRS[percent]


def sure(percent: int) -> str:
    return f"{pairs_for(percent):,} a route (at most {percent} % of the answers can be wrong)"


@dataclass(frozen=True)
class Pace:
    """How long the same story takes, and how sure it has to be. Times in seconds; `products`,
    `orders` and `pages` are the bounds their promotions are held to, `breaker` are settings of the
    facade's breaker toward legacy other than those of the route file."""

    name: str
    users: int
    spawn_rate: float
    think: str
    baseline: float
    products: Bounds
    orders: Bounds
    pages: Bounds
    canary: float
    new: float
    away: float
    back: float
    price_edits: int
    horizon: float  # nothing may have needed legacy for so long
    without: float
    canaries: tuple[int, ...] = (5, 25, 50)  # percent, of the products' routes
    order_canaries: tuple[int, ...] = (10, 50)
    breaker: Mapping[str, str] = field(default_factory=dict)

    @property
    def promote(self) -> dict[str, Bounds]:
        """The bounds of each route that is compared."""
        return {
            **dict.fromkeys(PRODUCT_ROUTES, self.products),
            **dict.fromkeys(ORDER_READS, self.orders),
            **dict.fromkeys(PAGE_READS, self.pages),
        }


# Few shoppers look at their orders again: sure of 1 % would take a quarter of an hour.
NORMAL = Pace(
    "normal", 40, 10, "0.3-1.2", 15, Bounds(5, 1), Bounds(20, 10), Bounds(50, 50), 15, 15, 8, 10,
    6, 10, 60,
)  # fmt: skip
BRISK = {"open_for": "2s", "ramp": "2s"}
# Of 24 shoppers a small share is often nobody for a while: one large step for each.
FAST = Pace(
    "fast", 24, 24, "0.25-0.9", 2, Bounds(20, 10), Bounds(50, 30), Bounds(90, 80), 1.5, 1.5, 4, 1.5,
    4, 4, 20, (25,), (50,), BRISK,
)  # fmt: skip
