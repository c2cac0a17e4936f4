"""Which services hold what of legacy's, and where. A new projection is a line here, no code."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from new_services.anticorruption import catalog, inventory, orders
from new_services.anticorruption.mapping import Mapping
from new_services.anticorruption.mark import SAGA_SQL
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


def _inventory_store(mapping: Mapping) -> Store:
    return _INVENTORY.get(mapping.entity) or mirrored(mapping)


_SHOWN = {"sku": "r.sku", "quantity": "r.quantity::text", "updated": "r.updated"}
_MOVED = {
    "sku": "r.sku",
    "change": "r.change::text",
    "reason": "r.reason",
    "order_no": "r.order_no",
    "created": "r.created",
}
# An order moves a sku once when it is sold and once when it is cancelled, whoever tells it.
_ORIGIN = (
    "CASE WHEN r.reason IN ('SALE', 'CANCEL') AND r.order_no <> ''"
    " THEN r.reason || ':' || r.order_no || ':' || r.sku ELSE 'legacy:' || r.id END"
)
_INVENTORY = {
    inventory.STOCK: Store(
        relation="level AS r",
        key="r.sku",
        text=lambda field: _SHOWN[field.name],
        find="r.sku = ANY ($1::text[])",
        present="r.updated <> ''",  # the others are known to movements only
    ),
    inventory.MOVEMENT: Store(
        relation="movement AS r",
        key="r.origin",
        text=lambda field: _MOVED[field.name],
        find="r.origin = ANY ($1::text[])",
        present="r.lsn IS NOT NULL",  # the others are ahead of the feed
        legacy_key=_ORIGIN,
        unkept={"id": "the origin says which movement it is"},
    ),
    inventory.ORDER: Store(
        relation="order_mark AS r",
        key="r.order_no",
        text=lambda field: f"r.{field.name}",
        find="r.order_no = ANY ($1::text[])",
        present="true",
        legacy_key="r.order_no::text",
        legacy_present=SAGA_SQL.replace("{}", "r.po_number") + " IS NOT NULL",
        belongs=lambda fields: fields["saga_id"] is not None,
    ),
}

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
        _inventory_store,
        "new_services.inventory.projections:derive",
    ),
)


def service(name: str) -> Service:
    """By name. Raises KeyError."""
    return {each.name: each for each in SERVICES}[name]
