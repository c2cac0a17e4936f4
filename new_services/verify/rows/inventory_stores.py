"""How the inventory keeps what legacy has: levels, a ledger by origin, marks of orders."""

from contracts.feed.change import Version
from contracts.feed.entities import MOVEMENT, ORDER, STOCK
from contracts.feed.mapping import Mapping
from contracts.mark import SAGA_SQL
from new_services.verify.rows.stores import Row, Store, mirrored


def inventory_store(mapping: Mapping) -> Store:
    """Of one entity; the goods are mirrored."""
    return _INVENTORY.get(mapping.entity) or mirrored(mapping)


def _level(old: Row | None, key: str, fields: Row | None, _: Version) -> Row:
    """What was reserved and moved stays; version zero: whatever comes next is newer."""
    known = old or {"ahead": 0, "reserved": 0, "ledger": 0}
    stated = fields or {"sku": key, "quantity": 0, "updated": ""}
    return {**known, **stated, "lsn": 0, "seq": 0}


def _movement(old: Row | None, key: str, fields: Row | None, version: Version) -> Row | None:
    if fields is None:
        return None
    stated = {name: value for name, value in fields.items() if name != "id"}
    origin = (old or {}).get("origin", key)  # of a count of ours its own
    return {**(old or {}), **stated, "origin": origin, "lsn": version[0], "legacy_id": fields["id"]}


_SHOWN = {"sku": "r.sku", "quantity": "r.quantity::text", "updated": "r.updated"}
_MOVED = {
    "sku": "r.sku",
    "change": "r.change::text",
    "reason": "r.reason",
    "order_no": "r.order_no",
    "created": "r.created",
}
# An order moves a sku once when it is sold and once when it is cancelled.
_ORIGIN = (
    "CASE WHEN r.reason IN ('SALE', 'CANCEL') AND r.order_no <> ''"
    " THEN r.reason || ':' || r.order_no || ':' || r.sku ELSE 'legacy:' || r.id END"
)
# A count that was made here has a name of its own, and legacy's number beside it.
_COUNTED = "r.origin LIKE 'COUNT:%'"
_LEDGER = f"CASE WHEN {_COUNTED} THEN 'legacy:' || r.legacy_id ELSE r.origin END"
_INVENTORY = {
    STOCK: Store(
        table="level",
        relation="level AS r",
        key="r.sku",
        text=lambda field: _SHOWN[field.name],
        find="r.sku = ANY ($1::text[])",
        present="r.updated <> ''",  # the others are known to movements only
        renew=_level,
    ),
    MOVEMENT: Store(
        table="movement",
        relation="movement AS r",
        key=_LEDGER,
        text=lambda field: _MOVED[field.name],
        find=f"(r.origin = ANY ($1::text[]) OR {_COUNTED} AND {_LEDGER} = ANY ($1::text[]))",
        present="r.lsn IS NOT NULL",  # the others are ahead of the feed
        renew=_movement,
        legacy_key=_ORIGIN,
        unkept={"id": "the origin says which movement it is"},
    ),
    ORDER: Store(
        table="order_mark",
        relation="order_mark AS r",
        key="r.order_no",
        text=lambda field: f"r.{field.name}",
        find="r.order_no = ANY ($1::text[])",
        present="true",
        renew=lambda _old, _key, fields, _version: fields,
        legacy_key="r.order_no::text",
        legacy_present=SAGA_SQL.replace("{}", "r.po_number") + " IS NOT NULL",
        belongs=lambda fields: fields["saga_id"] is not None,
    ),
}
