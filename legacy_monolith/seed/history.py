"""Past orders, two years of them, with lines, payments and the stock they took."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from legacy_monolith.seed.catalogue import TODAY, SeedProduct, SeedVariant
from legacy_monolith.seed.people import SeedCustomer
from legacy_monolith.shop.money import amount, effective, write

ORDERS = 5000
BEGIN = datetime(2024, 7, 1, 8, 0)
PO_NUMBERS = ("PO-{}", "Bestellung {}", "KST 4711/{}", "wie besprochen ({})")


@dataclass(frozen=True)
class SeedLine:
    sku: str
    name: str
    qty: int
    price: str


@dataclass(frozen=True)
class SeedOrder:
    """A row of `orders` (id is its place, from 1), its lines and its one payment."""

    id: int
    order_no: str
    customer: SeedCustomer
    status: str
    total: str
    po_number: str | None
    pay_method: str
    payment: str
    created: datetime
    updated: datetime
    lines: tuple[SeedLine, ...]


Shelf = Sequence[tuple[SeedProduct, SeedVariant]]


def orders(scale: int, shelf: Shelf, buyers: Sequence[SeedCustomer]) -> Iterator[SeedOrder]:
    """5,000 × scale orders in the order of their time, of what is on the shelf."""
    count = ORDERS * scale
    step = (TODAY - BEGIN) / count
    for number in range(1, count + 1):
        dice = random.Random(f"order {number}")
        created = BEGIN + step * (number - 1) + step * dice.random()
        yield _order(number, created.replace(microsecond=0), shelf, buyers, dice)


def _order(
    number: int,
    created: datetime,
    shelf: Shelf,
    buyers: Sequence[SeedCustomer],
    dice: random.Random,
) -> SeedOrder:
    pay_method = dice.choice(("invoice", "card"))
    status, payment = _fate(pay_method, created, dice)
    lines = tuple(_lines(shelf, dice))
    later = created + timedelta(seconds=dice.randrange(3600, 4 * 86400))
    po_number = dice.choice(PO_NUMBERS).format(dice.randint(1000, 9999))
    return SeedOrder(
        id=number,
        order_no=f"SO-{created.year}-{number:06d}",
        customer=dice.choice(buyers),
        status=status,
        total=write(sum((amount(line.price) * line.qty for line in lines), Decimal())),
        po_number=po_number if dice.random() < 0.12 else None,
        pay_method=pay_method,
        payment=payment,
        created=created,
        updated=created if status in ("NEW", "PAID") else min(later, TODAY),
        lines=lines,
    )


def _fate(pay_method: str, created: datetime, dice: random.Random) -> tuple[str, str]:
    """Status of the order and of its payment: old orders were shipped, the newest wait."""
    chance = dice.random()
    if chance < 0.05:
        return "CANCELLED", "REFUNDED"
    if chance < 0.06:
        return "CANCELLED", "DECLINED"
    if created < TODAY - timedelta(days=10):
        return "SHIPPED", "CAPTURED"
    return ("PAID", "CAPTURED") if pay_method == "card" else ("NEW", "AUTH")


def _lines(shelf: Shelf, dice: random.Random) -> Iterator[SeedLine]:
    chosen = {dice.randrange(len(shelf)) for _ in range(dice.choice((1, 1, 2, 2, 3, 4)))}
    for product, variant in sorted((shelf[place] for place in chosen), key=lambda it: it[1].sku):
        price = effective(amount(product.price) + amount(variant.price_diff), product.disc_pct)
        detail = ", ".join(part for part in (variant.color, variant.size) if part)
        name = f"{product.name} ({detail})" if detail else product.name
        yield SeedLine(variant.sku, name, dice.choice((1, 1, 1, 2, 3)), write(price))
