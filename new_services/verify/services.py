"""Which services hold what of legacy's, and where. A new projection is a line here, no code."""

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.feed.mapping import Mapping
from new_services.verify.rows.documents import CATALOG_DOCUMENTS, ORDER_DOCUMENTS, Documents
from new_services.verify.rows.inventory_stores import inventory_store
from new_services.verify.rows.sales_stores import sales_store
from new_services.verify.rows.stores import Store, mirrored, table


@dataclass(frozen=True, slots=True)
class Service:
    """A service's read models: `reader` is the name under which it keeps its watermark."""

    name: str
    store: Callable[[Mapping], Store]
    reader: str = "legacy feed"
    documents: Documents | None = None  # where what is derived is ready to send

    @property
    def mappings(self) -> Sequence[Mapping]:
        """What it takes of the monolith's tables; imported only while there is a monolith."""
        from new_services.anticorruption.read_models import MAPPINGS

        return MAPPINGS[self.name]

    def function(self, name: str) -> Any:
        """Of its projections: `concerned`, `derive`; with documents also `compared`. The module is
        named, not imported: this room knows every service's shape, and imports none of them."""
        return getattr(importlib.import_module(f"new_services.{self.name}.projections"), name)


def _catalog_store(mapping: Mapping) -> Store:
    key = mapping.key
    return table(mapping, key, "bigint" if key == "id" else "text")


SERVICES = (
    Service("catalog", _catalog_store, "catalog projection", CATALOG_DOCUMENTS),
    Service("orders", mirrored, documents=ORDER_DOCUMENTS),
    Service("inventory", inventory_store),
    Service("sales", sales_store),
    Service("accounts", mirrored),
)


def service(name: str) -> Service:
    """By name. Raises KeyError."""
    return {each.name: each for each in SERVICES}[name]
