"""Mistakes that can be switched on with CATALOG_FAULT, to show that the comparison finds them.

A fault bends answers on their way out and nothing that is stored: without it, the restarted service
answers rightly at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

import orjson

from new_services.catalog.domain import discounted

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, and how a product (whole or as a list's member) comes out of it."""

    description: str
    product: Callable[[Json], Json]

    def detail(self, body: bytes) -> bytes:
        """The bent answer of a product page."""
        return orjson.dumps(self.product(orjson.loads(body)))

    def item(self, body: bytes) -> bytes:
        """The bent member of a list."""
        return self.detail(body)


def _round_discounts_down(product: Json) -> Json:
    if not product["discount_pct"]:
        return product
    right, percent = product["price"], product["discount_pct"]
    wrong = str(discounted(Decimal(product["list_price"]), percent, ROUND_DOWN))
    bent = product | {"price": wrong}
    if "variants" in product:
        bent["variants"] = [
            # A variant of the product's own price makes the same mistake.
            variant | {"price": wrong} if variant["price"] == right else variant
            for variant in product["variants"]
        ]
    return bent


FAULTS = {
    "discount-rounding": Fault(
        "prices after a discount are rounded down instead of half up", _round_discounts_down
    ),
}


def fault_named(name: str) -> Fault | None:
    """The fault; None for no name. Raises ValueError that lists the names there are."""
    if not name:
        return None
    if name not in FAULTS:
        known = "\n".join(f"  {known}: {fault.description}" for known, fault in FAULTS.items())
        raise ValueError(f"no fault is called {name!r}; there are\n{known}")
    return FAULTS[name]
