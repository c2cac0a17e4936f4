"""How the sales figures keep what legacy has: orders and lines in tables, goods mirrored."""

from dataclasses import replace

from contracts.feed.entities import LINE, ORDER
from contracts.feed.mapping import Mapping
from new_services.verify.rows.stores import Store, mirrored, table

_TABLES = {ORDER: "sold_order", LINE: "sold_line"}


def sales_store(mapping: Mapping) -> Store:
    """Of one entity."""
    name = _TABLES.get(mapping.entity)
    if name is None:
        return mirrored(mapping)
    return replace(
        table(mapping, mapping.key, "bigint"),
        table=name,
        relation=f"{name} AS r",
        floor=f"SELECT lsn, seq FROM mirror_floor WHERE entity = '{mapping.entity}'",
    )
