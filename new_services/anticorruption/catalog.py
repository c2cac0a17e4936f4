"""Changes of the legacy product tables -> facts about the goods."""

from contracts import catalog
from new_services.anticorruption.mapping import (
    Field,
    Mapping,
    flag,
    moment,
    number,
    percentage,
    same,
    text,
    whole,
    words,
)
from new_services.anticorruption.translator import LegacyTranslator

CATEGORY = Mapping(
    "category",
    catalog.CATEGORY,
    "code",
    (
        Field("code", "code", same),
        Field("name", "name", text),
        Field("parent_code", "parent_code", same),
        Field("position", "sort_no", whole),
    ),
)

PRODUCT = Mapping(
    "product",
    catalog.PRODUCT,
    "id",
    (
        Field("id", "id", whole),
        Field("sku", "sku", text),
        Field("name", "name", text),
        Field("description", "descr", text),
        Field("category_code", "cat_code", text),
        Field("list_price", "price", number),
        Field("discount_percent", "disc_pct", percentage),
        Field("colour", "colour", text),
        Field("tags", "tags", words),
        Field("tags_text", "tags", text),  # the public search looks at the list as it was typed
        Field("active", "active", flag),
        Field("discontinued", "discontinued", flag),
        Field("weight_grams", "weight_g", whole),
        Field("image", "img", text),
        Field("created", "created", moment),  # the shop's wall clock: no zone was ever recorded
        Field("updated", "updated", moment),
    ),
)

VARIANT = Mapping(
    "variant",
    catalog.VARIANT,
    "id",
    (
        Field("id", "id", whole),
        Field("product_id", "product_id", whole),
        Field("sku", "sku", text),
        Field("colour", "color", text),  # legacy spells it both ways
        Field("size", "size", text),
        Field("price_difference", "price_diff", number),
        Field("active", "active", flag),
    ),
)

STOCK = Mapping(
    "stock",
    catalog.STOCK,
    "sku",
    (
        Field("sku", "sku", text),
        Field("quantity", "qty", whole),
    ),
)

MAPPINGS = {mapping.table: mapping for mapping in (CATEGORY, PRODUCT, VARIANT, STOCK)}


class LegacyCatalog(LegacyTranslator):
    """The Translator of the legacy feed."""

    def __init__(self) -> None:
        super().__init__(tuple(MAPPINGS.values()))
