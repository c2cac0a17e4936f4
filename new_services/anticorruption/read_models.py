"""What the read model of each service takes of the monolith's tables."""

from contracts.feed.mapping import Mapping
from new_services.anticorruption.mapping import number
from new_services.anticorruption.tables import (
    CATEGORY,
    CUSTOMER,
    LINE,
    MOVEMENT,
    ORDER,
    PAYMENT,
    PRODUCT,
    STOCK,
    VARIANT,
)
from new_services.anticorruption.translator import LegacyTranslator

MAPPINGS: dict[str, tuple[Mapping, ...]] = {
    "accounts": (CUSTOMER.mapping(),),
    "catalog": (
        CATEGORY.mapping(),
        PRODUCT.mapping(),
        VARIANT.mapping(),
        STOCK.mapping("sku", "quantity"),
    ),
    "inventory": (
        STOCK.mapping("sku", "quantity", "updated"),
        MOVEMENT.mapping(),
        VARIANT.mapping("product_id", "sku", "active"),
        PRODUCT.mapping("id", "sku", "active", "discontinued", "updated"),
        ORDER.mapping("order_no", "saga_id"),  # the saga that had stock reserved for it
    ),
    "orders": (
        ORDER.mapping(),
        LINE.mapping("order_id", "line_no", "sku", "name", "quantity", "price"),
        PAYMENT.mapping(),
        CUSTOMER.mapping("email", "name", "street", "zip", "city"),
        PRODUCT.mapping("name", "list_price", "discount_percent", "active"),
        VARIANT.mapping("product_id", "sku", "colour", "size", "price_difference", "active"),
    ),
    "sales": (
        ORDER.mapping("id", "order_no", "customer_id", "status", "created"),
        LINE.mapping("id", "order_id", "line_no", "sku", "name", "quantity", price=number),
        VARIANT.mapping("product_id", "sku"),
        PRODUCT.mapping("category_code"),
        CATEGORY.mapping("name"),
        CUSTOMER.mapping("email"),
    ),
}


def translator(service: str) -> LegacyTranslator:
    """The translator of the legacy feed for the read model of this service."""
    return LegacyTranslator(MAPPINGS[service])
