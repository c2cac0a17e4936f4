"""Changes of legacy's stock -> facts for the inventory."""

from new_services.anticorruption.mapping import (
    Convert,
    Field,
    Mapping,
    flag,
    moment,
    same,
    text,
    whole,
)
from new_services.anticorruption.mark import SAGA_SQL, split
from new_services.anticorruption.translator import LegacyTranslator

STOCK, MOVEMENT, VARIANT, PRODUCT, ORDER = "stock", "movement", "variant", "product", "order"


saga_mark = Convert(lambda po_number: split(po_number)[1], SAGA_SQL)

MAPPINGS = (
    Mapping(
        "stock",
        STOCK,
        "sku",
        (
            Field("sku", "sku", text),
            Field("quantity", "qty", whole),
            Field("updated", "updated", moment),
        ),
    ),
    Mapping(
        "stock_movement",
        MOVEMENT,
        "id",
        (
            Field("id", "id", whole),
            Field("sku", "sku", text),
            Field("change", "qty_change", whole),
            Field("reason", "reason", text),
            Field("order_no", "order_no", same),
            Field("created", "created", moment),
        ),
    ),
    Mapping(
        "variant",
        VARIANT,
        "id",
        (
            Field("product_id", "product_id", whole),
            Field("sku", "sku", text),
            Field("active", "active", flag),
        ),
    ),
    Mapping(
        "product",
        PRODUCT,
        "id",
        (
            Field("id", "id", whole),
            Field("sku", "sku", text),
            Field("active", "active", flag),
            Field("discontinued", "discontinued", flag),
            Field("updated", "updated", moment),
        ),
    ),
    # Of an order only whose it is: the saga that had stock reserved for it.
    Mapping(
        "orders",
        ORDER,
        "id",
        (Field("order_no", "order_no", text), Field("saga_id", "po_number", saga_mark)),
    ),
)
ENTITIES = tuple(mapping.entity for mapping in MAPPINGS)


def translator() -> LegacyTranslator:
    """The Translator of the legacy feed for the inventory."""
    return LegacyTranslator(MAPPINGS)
