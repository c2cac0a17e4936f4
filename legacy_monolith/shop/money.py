"""Prices. They are strings in the tables and in every answer; only here they are numbers."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")
LARGEST = Decimal("99999.99")


def amount(text: str | None) -> Decimal:
    """A stored price as a number; old rows hold '49' and '49.9' as well as '49.00'."""
    return Decimal((text or "").strip() or "0")


def percent(text: str | None) -> Decimal:
    """A stored discount; both NULL and '' mean none."""
    return Decimal((text or "").strip() or "0")


def write(value: Decimal) -> str:
    """Two decimals, halves up: 12.345 becomes '12.35'."""
    return str(value.quantize(CENT, ROUND_HALF_UP))


def effective(list_price: Decimal, disc_pct: str | None) -> Decimal:
    """What a customer pays: list × (100 - discount) / 100, halves up to the cent."""
    return (list_price * (100 - percent(disc_pct)) / 100).quantize(CENT, ROUND_HALF_UP)


def parse(entered: str) -> Decimal | None:
    """What somebody typed into a price field, comma or point; None when it is no price."""
    try:
        value = Decimal(entered.strip().replace(",", "."))
    except InvalidOperation:
        return None
    if not value.is_finite() or not 0 <= value <= LARGEST or value != value.quantize(CENT):
        return None
    return value
