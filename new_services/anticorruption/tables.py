"""Every table of the monolith once: its key, its columns, and what each column means in our words.

The feed publishes these tables, in this order (parents first), without what is withheld. A read
model takes of a table the fields that it needs; see `read_models`.
"""

from dataclasses import dataclass, replace

from contracts.feed import entities
from contracts.feed.mapping import Convert, Field, Mapping
from contracts.mark import SAGA_SQL, TEXT_SQL, split
from new_services.anticorruption.mapping import (
    flag,
    moment,
    number,
    percentage,
    same,
    text,
    whole,
    words,
)

# The monolith's column for the customer's own order number holds our mark behind it.
customers_text = Convert(lambda value: split(value)[0], TEXT_SQL)
saga_mark = Convert(lambda value: split(value)[1], SAGA_SQL)


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the monolith, and the entity that each of its rows is."""

    name: str
    entity: str
    key: str  # the column that is the key on both sides
    fields: tuple[Field, ...] = ()
    withheld: frozenset[str] = frozenset()  # columns that no reader outside of legacy may have

    def mapping(self, *names: str, **converts: Convert) -> Mapping:
        """These fields of the table, or all. `converts`: fields that are converted otherwise."""
        known = {field.name: field for field in self.fields}
        fields = [known[name] for name in names or known]
        fields += [replace(known[name], convert=convert) for name, convert in converts.items()]
        return Mapping(self.name, self.entity, self.key, tuple(fields))


CATEGORY = Table(
    "category",
    entities.CATEGORY,
    "code",
    (
        Field("code", "code", same),
        Field("name", "name", text),
        Field("parent_code", "parent_code", same),
        Field("position", "sort_no", whole),
    ),
)
PRODUCT = Table(
    "product",
    entities.PRODUCT,
    "id",
    (
        Field("id", "id", whole),
        Field("sku", "sku", text),
        Field("name", "name", text),
        Field("description", "descr", text),
        Field("category_code", "cat_code", text),
        Field("list_price", "price", number),
        Field("price_text", "price", text),  # as it was typed: the back office shows it so
        Field("discount_percent", "disc_pct", percentage),
        Field("discount_text", "disc_pct", text),
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
VARIANT = Table(
    "variant",
    entities.VARIANT,
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
STOCK = Table(
    "stock",
    entities.STOCK,
    "sku",
    (
        Field("sku", "sku", text),
        Field("quantity", "qty", whole),
        Field("updated", "updated", moment),
    ),
)
MOVEMENT = Table(
    "stock_movement",
    entities.MOVEMENT,
    "id",
    (
        Field("id", "id", whole),
        Field("sku", "sku", text),
        Field("change", "qty_change", whole),
        Field("reason", "reason", text),
        Field("order_no", "order_no", same),
        Field("created", "created", moment),
    ),
)
CUSTOMER = Table(
    "customer",
    entities.CUSTOMER,
    "id",
    (
        Field("email", "email", text),
        Field("name", "name", text),
        Field("admin", "is_admin", flag),
        *(Field(part, part, text) for part in ("street", "zip", "city", "country")),
        Field("created", "created", moment),
    ),
    withheld=frozenset({"pw_hash"}),
)
ORDER = Table(
    "orders",
    entities.ORDER,
    "id",
    (
        Field("id", "id", whole),
        Field("order_no", "order_no", text),
        Field("customer_id", "customer_id", whole),
        Field("status", "status", text),
        Field("total", "total", text),
        Field("po_number", "po_number", customers_text),
        Field("saga_id", "po_number", saga_mark),
        Field("pay_method", "pay_method", text),
        *(Field(f"ship_{part}", f"ship_{part}", text) for part in ("name", "street")),
        *(Field(f"ship_{part}", f"ship_{part}", text) for part in ("zip", "city")),
        Field("created", "created", moment),
        Field("updated", "updated", moment),
    ),
)
LINE = Table(
    "order_line",
    entities.LINE,
    "id",
    (
        Field("id", "id", whole),
        Field("order_id", "order_id", whole),
        Field("line_no", "line_no", whole),
        Field("sku", "sku", text),
        Field("name", "name", text),
        Field("quantity", "qty", whole),
        Field("price", "price", text),  # as legacy shows it
    ),
)
PAYMENT = Table(
    "payment",
    entities.PAYMENT,
    "id",
    (
        Field("id", "id", whole),
        Field("order_id", "order_id", whole),
        Field("amount", "amount", text),  # as legacy shows it
        Field("method", "method", text),
        Field("status", "status", text),
    ),
)

TABLES = (CATEGORY, PRODUCT, VARIANT, STOCK, MOVEMENT, CUSTOMER, ORDER, LINE, PAYMENT)
WITHHELD = {table.name: table.withheld for table in TABLES}
