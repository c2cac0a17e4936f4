"""Changes of the legacy product tables -> facts about the goods."""

from datetime import datetime

from contracts import catalog
from contracts.catalog import Cleared, Fact, Gone, Key, Reached, Stored
from contracts.change import Change, Op, Row
from contracts.subjects import WATERMARK_SUBJECT, legacy_subject
from new_services.anticorruption.mapping import (
    Field,
    Mapping,
    flag,
    number,
    percentage,
    same,
    text,
    words,
)

CATEGORY = Mapping(
    "category",
    catalog.CATEGORY,
    "code",
    (
        Field("code", "code", same),
        Field("name", "name", text),
        Field("parent_code", "parent_code", same),
        Field("position", "sort_no", same),
    ),
)

PRODUCT = Mapping(
    "product",
    catalog.PRODUCT,
    "id",
    (
        Field("id", "id", same),
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
        Field("weight_grams", "weight_g", same),
        Field("image", "img", text),
        Field("created", "created", same),  # the shop's wall clock: no zone was ever recorded
        Field("updated", "updated", same),
    ),
)

VARIANT = Mapping(
    "variant",
    catalog.VARIANT,
    "id",
    (
        Field("id", "id", same),
        Field("product_id", "product_id", same),
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
        Field("quantity", "qty", same),
    ),
)

MAPPINGS = {mapping.table: mapping for mapping in (CATEGORY, PRODUCT, VARIANT, STOCK)}


class LegacyCatalog:
    """The Translator of the legacy feed."""

    @property
    def subjects(self) -> tuple[str, ...]:
        """One subject a table, and the watermarks."""
        return (*(legacy_subject(table) for table in MAPPINGS), WATERMARK_SUBJECT)

    def __call__(self, change: Change) -> tuple[Fact, ...]:
        """The facts of one change. Raises Untranslatable."""
        if change.op is Op.WATERMARK:
            return (Reached(_micros(change.committed)),)
        mapping = MAPPINGS.get(change.table)
        return () if mapping is None else tuple(_facts(mapping, change))


def _facts(mapping: Mapping, change: Change) -> list[Fact]:
    entity, version = mapping.entity, change.version
    if change.op in (Op.TRUNCATE, Op.SNAPSHOT_END):
        return [Cleared(entity, version)]
    key = _key(mapping, change.key)
    if change.after is None:
        return [Gone(entity, key, version)]
    facts: list[Fact] = [Stored(entity, key, mapping.translate(change.after), version)]
    if change.before is not None and (old := _key(mapping, change.before)) != key:
        facts.insert(0, Gone(entity, old, version))
    return facts


def _key(mapping: Mapping, row: Row) -> Key:
    key = row[mapping.key]
    assert isinstance(key, int | str)
    return key


def _micros(moment: str) -> int:
    return round(datetime.fromisoformat(moment).timestamp() * 1_000_000)
