"""Products with their variants, by dice that always fall the same."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from legacy_monolith.seed import words
from legacy_monolith.seed.words import Kind

PRODUCTS = 2000
OPENED = datetime(2016, 4, 1, 9, 0)
TODAY = datetime(2026, 6, 30, 18, 0)  # the last day anything in the seed happened


@dataclass(frozen=True)
class SeedVariant:
    """`left`: pieces on the shelf at the end of the history."""

    sku: str
    color: str
    size: str
    price_diff: str
    active: str
    left: int


@dataclass(frozen=True)
class SeedProduct:
    """A row of `product` (id is its place, from 1) and its variants."""

    id: int
    sku: str
    name: str
    descr: str
    cat_code: str
    price: str
    disc_pct: str | None
    colour: str
    tags: str
    active: str
    discontinued: str
    weight_g: int | None
    img: str
    created: datetime
    updated: datetime
    variants: tuple[SeedVariant, ...]


def products(scale: int) -> Iterator[SeedProduct]:
    """2,000 × scale products; each has its own dice, so that a larger shop begins like a small."""
    for number in range(1, PRODUCTS * scale + 1):
        yield _product(number, random.Random(f"product {number}"))


def _product(number: int, dice: random.Random) -> SeedProduct:
    kind = words.KINDS[(number - 1) % len(words.KINDS)]
    sku = f"{kind.prefix}-{10000 + number}"
    colour = dice.choice(words.COLOURS)
    created = OPENED + (TODAY - OPENED) * dice.random()
    created = created.replace(microsecond=0)
    gone = dice.random() < 0.05
    return SeedProduct(
        id=number,
        sku=sku,
        name=_name(kind, dice),
        descr=_text(dice),
        cat_code=_category(kind, dice),
        price=_price(kind, dice),
        disc_pct=_discount(dice),
        colour=colour,
        tags=_tags(kind, dice),
        active="N" if dice.random() < 0.03 else "Y",
        discontinued="Y" if gone else "N",
        weight_g=None if dice.random() < 0.08 else dice.randint(*kind.weight),
        img=f"/img/{kind.picture}-{colour.lower()}.svg",
        created=created,
        updated=min(created + timedelta(seconds=dice.randrange(90 * 86400)), TODAY),
        variants=tuple(_variants(sku, kind, colour, gone, dice)),
    )


def _name(kind: Kind, dice: random.Random) -> str:
    name = f"{dice.choice(words.LINES)} {dice.choice(words.GRADES)} {dice.choice(kind.nouns)}"
    return f"{name} {dice.choice(words.EMOJI)}" if dice.random() < 0.03 else name


def _text(dice: random.Random) -> str:
    return " ".join(dice.sample(words.SENTENCES, dice.randint(2, 4)))


def _category(kind: Kind, dice: random.Random) -> str:
    """A few articles were never sorted further than into the upper category."""
    if dice.random() < 0.04:
        return next(parent for code, _, parent in words.CATEGORIES if code == kind.category) or ""
    return kind.category


def _price(kind: Kind, dice: random.Random) -> str:
    """As a string; old rows were typed by hand as '49' or '49.9'."""
    euros = dice.randint(*kind.price)
    style = dice.random()
    if style < 0.02:
        return str(euros)
    if style < 0.04:
        return f"{euros}.9"
    return f"{euros}.{dice.choice(('00', '90', '95', '95', '99'))}"


def _discount(dice: random.Random) -> str | None:
    if dice.random() < 0.2:
        return dice.choice(("5", "10", "15", "20", "25", "30", "35", "50"))
    return dice.choice((None, None, ""))


def _tags(kind: Kind, dice: random.Random) -> str:
    """Comma separated, with the blanks and the empty places of ten years of typing."""
    tags = dice.sample(kind.tags, dice.randint(1, len(kind.tags)))
    if dice.random() < 0.1:
        tags.append(dice.choice(("Geschenkidee 🎁", "für Anfänger", "", "bestseller")))
    return dice.choice((", ", ",", ", ")).join(tags)


def _variants(
    sku: str, kind: Kind, colour: str, gone: bool, dice: random.Random
) -> Iterator[SeedVariant]:
    """By colour and size; an article of one kind only has the one variant `…-0`."""
    empty = dice.random() < (0.6 if gone else 0.03)
    others = [other for other in words.COLOURS if other != colour]
    colours = [
        colour,
        *dice.sample(others, dice.choice((0, 0, 0, 1, 2 if kind.sizes == words.ONE else 1))),
    ]
    sizes = _sizes(kind, dice)
    single = len(colours) == len(sizes) == 1
    for shade in colours:
        for size in sizes:
            code = (
                "0" if single else "-".join(part for part in (shade.upper(), size.upper()) if part)
            )
            yield SeedVariant(
                sku=f"{sku}-{code}",
                color=shade.lower(),
                size=size,
                price_diff=_price_diff(size),
                active="N" if not single and dice.random() < 0.02 else "Y",
                left=0 if empty else _left(dice),
            )


def _sizes(kind: Kind, dice: random.Random) -> tuple[str, ...]:
    """A stretch of the sizes there are: three to five of them."""
    if len(kind.sizes) <= 3:
        return kind.sizes
    count = dice.randint(3, min(5, len(kind.sizes)))
    first = dice.randint(0, len(kind.sizes) - count)
    return kind.sizes[first : first + count]


def _price_diff(size: str) -> str:
    return {"XXL": "10.00", "long": "15.00", "XS": "-5.00"}.get(size, "0.00")


def _left(dice: random.Random) -> int:
    return dice.randint(0, 3) if dice.random() < 0.05 else dice.randint(40, 400)
