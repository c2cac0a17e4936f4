"""Customers: kunde001@example.org and on, and one for the back office."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from legacy_monolith.passwords import hashed
from legacy_monolith.seed import words
from legacy_monolith.seed.catalogue import OPENED, TODAY

CUSTOMERS = 500
PASSWORD = "wander-2016"  # of every customer in the seed: this shop has no real ones
ADMIN = ("admin@example.org", "admin-2016")


@dataclass(frozen=True)
class SeedCustomer:
    """A row of `customer`; id is the place, from 1. The last one is the admin."""

    id: int
    email: str
    name: str
    pw_hash: str
    is_admin: str
    street: str
    zip: str
    city: str
    country: str
    created: datetime


def customers(scale: int) -> Iterator[SeedCustomer]:
    """500 × scale customers, then the admin."""
    count = CUSTOMERS * scale
    shared = hashed(PASSWORD, salt="wander")  # one hash for all keeps seeding quick
    for number in range(1, count + 1):
        dice = random.Random(f"customer {number}")
        yield _customer(number, f"kunde{number:03d}@example.org", shared, "N", dice)
    email, password = ADMIN
    yield _customer(count + 1, email, hashed(password, salt="admin"), "Y", random.Random("admin"))


def _customer(
    number: int, email: str, pw_hash: str, is_admin: str, dice: random.Random
) -> SeedCustomer:
    zip_code, city = dice.choice(words.CITIES)
    return SeedCustomer(
        id=number,
        email=email,
        name=f"{dice.choice(words.GIVEN)} {dice.choice(words.FAMILY)}",
        pw_hash=pw_hash,
        is_admin=is_admin,
        street=f"{dice.choice(words.STREETS)} {dice.randint(1, 120)}",
        zip=zip_code,
        city=city,
        country="DE",
        created=(OPENED + (TODAY - OPENED) * dice.random()).replace(microsecond=0),
    )
