"""Changes of legacy's orders and goods -> facts for the sales figures."""

from new_services.anticorruption.mapping import (
    Field,
    Mapping,
    flag,
    moment,
    number,
    same,
    text,
    whole,
)
from new_services.anticorruption.translator import LegacyTranslator

ORDER, LINE = "order", "line"

MAPPINGS = (
    Mapping(
        "orders",
        ORDER,
        "id",
        (
            Field("id", "id", whole),
            Field("order_no", "order_no", text),
            Field("status", "status", text),
            Field("created", "created", moment),  # the shop's wall clock
        ),
    ),
    Mapping(
        "order_line",
        LINE,
        "id",
        (
            Field("id", "id", whole),
            Field("order_id", "order_id", whole),
            Field("sku", "sku", text),
            Field("quantity", "qty", whole),
            Field("price", "price", number),
        ),
    ),
    Mapping(
        "variant",
        "variant",
        "id",
        (Field("product_id", "product_id", whole), Field("sku", "sku", text)),
    ),
    Mapping("product", "product", "id", (Field("category_code", "cat_code", text),)),
    Mapping(
        "category",
        "category",
        "code",
        (
            Field("name", "name", text),
            Field("parent_code", "parent_code", same),
            Field("position", "sort_no", whole),
        ),
    ),
    # Of a customer what the back office asks: who it is, and whether they may look.
    Mapping(
        "customer",
        "customer",
        "id",
        (
            Field("email", "email", text),
            Field("name", "name", text),
            Field("admin", "is_admin", flag),
        ),
    ),
)


def translator() -> LegacyTranslator:
    """The Translator of the legacy feed for the sales figures."""
    return LegacyTranslator(MAPPINGS)
