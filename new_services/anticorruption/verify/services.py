"""Which services hold what of legacy's, and where. A new projection is a line here, no code."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from new_services.anticorruption import catalog, inventory, orders, sales
from new_services.anticorruption.mapping import Mapping
from new_services.anticorruption.verify.inventory_stores import inventory_store
from new_services.anticorruption.verify.sales_stores import sales_store
from new_services.anticorruption.verify.stores import Store, mirrored, table


@dataclass(frozen=True, slots=True)
class Service:
    """A service's read models: `reader` is the name under which it keeps its watermark."""

    name: str
    reader: str
    mappings: Sequence[Mapping]
    store: Callable[[Mapping], Store]
    # Makes anew what is derived of changed rows; named, not imported: `package.module:function`.
    derive: str


def _catalog_store(mapping: Mapping) -> Store:
    key = mapping.key
    return table(mapping, key, "bigint" if key == "id" else "text")


SERVICES = (
    Service(
        "catalog",
        "catalog projection",
        tuple(catalog.MAPPINGS.values()),
        _catalog_store,
        "new_services.catalog.projections:derive",
    ),
    Service(
        "orders",
        "legacy feed",
        orders.MAPPINGS,
        mirrored,
        "new_services.orders.projections:derive",
    ),
    Service(
        "inventory",
        "legacy feed",
        inventory.MAPPINGS,
        inventory_store,
        "new_services.inventory.projections:derive",
    ),
    Service(
        "sales",
        "legacy feed",
        sales.MAPPINGS,
        sales_store,
        "new_services.sales.projections:derive",
    ),
)


def service(name: str) -> Service:
    """By name. Raises KeyError."""
    return {each.name: each for each in SERVICES}[name]
