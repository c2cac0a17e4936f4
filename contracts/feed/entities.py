"""The kinds of entity that facts are about: one name each, the same in every service."""

CATEGORY = "category"
PRODUCT = "product"
VARIANT = "variant"
STOCK = "stock"
MOVEMENT = "movement"  # of stock
CUSTOMER = "customer"
ORDER = "order"
LINE = "line"  # of an order
PAYMENT = "payment"  # of an order

GOODS = (CATEGORY, PRODUCT, VARIANT, STOCK)
