"""The services that pages are made of: a client for each.

part       one call: deadline, breaker, how fresh the answer is, what it means that none came
catalog    categories, lists of articles, an article, what variants cost
inventory  how many pieces are left
accounts   whose session it is, and the token of its forms
orders     a customer's orders, placing and cancelling them
changes    what pages have changed: goods, stock, accounts
staff      what the back office asks of catalog, inventory and sales
"""

from collections.abc import Mapping
from dataclasses import dataclass

from new_services.storefront.parts.accounts import Accounts
from new_services.storefront.parts.catalog import Catalog
from new_services.storefront.parts.changes import Changes
from new_services.storefront.parts.inventory import Inventory
from new_services.storefront.parts.orders import Orders
from new_services.storefront.parts.part import Part
from new_services.storefront.parts.staff import Staff

SERVICES = ("catalog", "inventory", "accounts", "orders", "sales")
READ_MODELS = ("catalog", "inventory", "orders", "sales")  # may be behind, and pages with them


@dataclass(frozen=True, slots=True)
class Parts:
    """All of them."""

    catalog: Catalog
    inventory: Inventory
    accounts: Accounts
    orders: Orders
    staff: Staff
    changes: Changes


def connect(parts: Mapping[str, Part]) -> Parts:
    """From a part by the name of each service of SERVICES."""
    return Parts(
        Catalog(parts["catalog"]),
        Inventory(parts["inventory"]),
        Accounts(parts["accounts"]),
        Orders(parts["orders"]),
        Staff(parts["catalog"], parts["inventory"], parts["sales"]),
        Changes(parts["catalog"], parts["inventory"], parts["accounts"]),
    )
