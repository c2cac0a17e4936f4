"""The services that pages are made of: a client for each.

part       one call: deadline, breaker, how fresh the answer is, what it means that none came
catalog    categories, lists of articles, an article, what variants cost
inventory  how many pieces are left
accounts   whose session it is, and the token of its forms
"""

from collections.abc import Mapping
from dataclasses import dataclass

from new_services.storefront.parts.accounts import Accounts
from new_services.storefront.parts.catalog import Catalog
from new_services.storefront.parts.inventory import Inventory
from new_services.storefront.parts.part import Part

SERVICES = ("catalog", "inventory", "accounts")
READ_MODELS = ("catalog", "inventory")  # which may be behind, and pages with them


@dataclass(frozen=True, slots=True)
class Parts:
    """All of them."""

    catalog: Catalog
    inventory: Inventory
    accounts: Accounts


def connect(parts: Mapping[str, Part]) -> Parts:
    """From a part by the name of each service of SERVICES."""
    return Parts(
        Catalog(parts["catalog"]), Inventory(parts["inventory"]), Accounts(parts["accounts"])
    )
