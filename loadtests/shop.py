"""What is for sale today. No product is written down here: the shop is asked at the start."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

COMMON = 3  # products that must share a word before people search for it
PAGES = 4  # of 100 products: enough variety, and the start stays short
WORD = re.compile(r"[^\W\d_]{4,}")

Fetch = Callable[[str], Mapping[str, Any]]


class ShopUnreadable(Exception):
    """The shop could not be asked what it sells; the message says what came instead."""


@dataclass(frozen=True)
class Shop:
    """Names by sku, categories that hold something, and words people would search for."""

    names: Mapping[str, str]
    categories: tuple[str, ...]
    words: tuple[str, ...]

    @cached_property
    def skus(self) -> tuple[str, ...]:
        """All of them, in the order the shop listed them."""
        return tuple(self.names)

    def popular(self, dice: random.Random) -> str:
        """A sku; a few are looked at far more often than the rest, as in any shop."""
        return self.skus[int(dice.paretovariate(0.6) - 1) % len(self.skus)]


def discover(fetch: Fetch) -> Shop:
    """Ask the shop through `fetch(path) → JSON object`. Raises ShopUnreadable."""
    try:
        categories = fetch("/api/categories")["categories"]
        first = fetch("/api/products?per_page=100&sort=newest")
        products = list(first["products"])
        for page in _spread(int(first["pages"])):
            products += fetch(f"/api/products?per_page=100&sort=newest&page={page}")["products"]
        codes = tuple(entry["code"] for entry in categories if entry["count"])
        names = {entry["sku"]: entry["name"] for entry in products}
    except (KeyError, TypeError, ValueError) as error:
        raise ShopUnreadable(f"the shop's answer has no {error}") from error
    if not products or not codes:
        raise ShopUnreadable("the shop has no products or no categories: is it seeded?")
    return Shop(names, codes, words_of(names.values()))


def words_of(names: Iterable[str]) -> tuple[str, ...]:
    """Words that several product names share, so that a search for one always finds something."""
    seen = Counter(word for name in names for word in {w.lower() for w in WORD.findall(name)})
    return tuple(sorted(word for word, count in seen.items() if count >= COMMON))


def _spread(pages: int) -> range:
    """Some pages after the first, evenly over all of them."""
    return range(1 + max(1, pages // PAGES), pages + 1, max(1, pages // PAGES))
