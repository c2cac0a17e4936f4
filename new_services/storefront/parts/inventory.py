"""The inventory, as pages ask it: how many pieces are left, also of what was sold a moment ago."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import orjson

from new_services.storefront.parts.part import Asking, Part


@dataclass(frozen=True, slots=True)
class Inventory:
    """Every call raises Away, and Problem where the read model is behind.

    Both give pieces by variant; a variant of which no stock is kept is left out.
    """

    part: Part

    async def pieces(self, asking: Asking, skus: Iterable[str]) -> Mapping[str, int]:
        """Of these variants."""
        return await self._pieces(asking, [("sku", sku) for sku in skus])

    async def pieces_of_product(self, asking: Asking, sku: str) -> Mapping[str, int]:
        """Of each variant of a product."""
        return await self._pieces(asking, [("product", sku)])

    async def _pieces(self, asking: Asking, query: list[tuple[str, str]]) -> Mapping[str, int]:
        answer = await self.part.get(asking, f"/internal/pieces?{urlencode(query)}")
        found: Mapping[str, int] = orjson.loads(answer.body)["pieces"]
        return found
