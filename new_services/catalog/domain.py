"""The rules of the goods: what they cost, what is said of their stock, which are listed."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from contracts.stock import stock_text

CENT = Decimal("0.01")
CURRENCY = "EUR"


@dataclass(frozen=True, slots=True)
class Variant:
    """What is bought: a product in one colour and size, with its stock."""

    sku: str
    colour: str
    size: str
    price_difference: Decimal
    quantity: int


@dataclass(frozen=True, slots=True)
class Product:
    """A product with its category's name and its active variants, by sku."""

    id: int
    sku: str
    name: str
    description: str
    category_code: str
    category_name: str | None
    list_price: Decimal
    discount_percent: str  # a number as the shop wrote it; empty: none
    colour: str
    tags: tuple[str, ...]
    tags_text: str
    active: bool
    discontinued: bool
    weight_grams: int | None
    image: str
    created: datetime
    updated: datetime
    variants: tuple[Variant, ...]

    @property
    def stock(self) -> int:
        """Pieces of all variants together."""
        return sum(variant.quantity for variant in self.variants)

    @property
    def price(self) -> Decimal:
        """What it costs after the discount."""
        return discounted(self.list_price, self.discount_percent)

    @property
    def on_sale(self) -> bool:
        """Whether it has a discount at all."""
        return Decimal(self.discount_percent or "0") > 0

    @property
    def listed(self) -> bool:
        """Whether lists and search show it."""
        return self.active and not (self.discontinued and self.stock == 0)

    @property
    def stock_text(self) -> str:
        """What the shop says about its stock."""
        return stock_text(self.stock, discontinued=self.discontinued)

    def variant_price(self, variant: Variant) -> Decimal:
        """What one variant costs after the discount."""
        return discounted(self.list_price + variant.price_difference, self.discount_percent)


@dataclass(frozen=True, slots=True)
class Sellable:
    """A variant that is for sale, with what its product says of it."""

    sku: str
    colour: str
    size: str
    price_difference: Decimal
    product: str  # the product's sku
    name: str
    image: str
    list_price: Decimal
    discount_percent: str

    @property
    def price(self) -> Decimal:
        """What it costs after the discount."""
        return discounted(self.list_price + self.price_difference, self.discount_percent)


def discounted(price: Decimal, percent: str, rounding: str = ROUND_HALF_UP) -> Decimal:
    """The price less the percentage, to the cent."""
    return (price * (100 - Decimal(percent or "0")) / 100).quantize(CENT, rounding)
