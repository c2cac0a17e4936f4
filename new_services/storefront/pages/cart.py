"""The cart: what is in it, and the two forms that change it. It lives in its cookie alone."""

import asyncio
from dataclasses import dataclass
from decimal import Decimal

from fastapi import Response

from chassis.web.reading import whole_number
from new_services.storefront import cart
from new_services.storefront.forms import checked_form
from new_services.storefront.links import address
from new_services.storefront.parts.catalog import Sellable
from new_services.storefront.rendering import redirect
from new_services.storefront.shell import or_none, surround
from new_services.storefront.visit import Visit


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the cart as pages show it."""

    item: Sellable
    pieces: int
    left: int | None  # None: the inventory is away

    @property
    def total(self) -> Decimal:
        """Of all its pieces, in euros with two decimals."""
        return Decimal(self.item.variant.price) * self.pieces

    @property
    def short(self) -> bool:
        """Whether fewer are left than are wanted."""
        return self.left is not None and self.left < self.pieces


async def show(visit: Visit) -> Response:
    """`GET /cart`"""
    shell, lines = await asyncio.gather(surround(visit, forms=True), lines_of(visit))
    return shell.page("cart.html", lines=lines, total=total_of(lines))


async def lines_of(visit: Visit) -> list[Line]:
    """What is in the cart and still for sale, by sku. Raises Away without the catalog."""
    wanted = cart.read_cart(visit.cookies)
    if not wanted:
        return []
    found, pieces = await asyncio.gather(
        visit.parts.catalog.sellable(visit, wanted),
        or_none(visit.parts.inventory.pieces(visit, wanted)),
    )
    return [
        Line(each, wanted[each.variant.sku], None if pieces is None else pieces[each.variant.sku])
        for each in found
        if pieces is None or each.variant.sku in pieces
    ]


def total_of(lines: list[Line]) -> Decimal:
    """In euros with two decimals."""
    return sum((line.total for line in lines), Decimal("0.00"))


async def add(visit: Visit) -> Response:
    """`POST /cart/add`: fields `sku` and `qty`."""
    form = await checked_form(visit)
    sku, pieces = form.get("sku", "").strip().upper(), whole_number(form.get("qty"), 1)
    return _changed("added", cart.add(cart.read_cart(visit.cookies), sku, pieces))


async def update(visit: Visit) -> Response:
    """`POST /cart/update`: fields `qty:SKU`; 0 takes the line out."""
    form = await checked_form(visit)
    lines: cart.Lines = {}
    for sku, pieces in cart.read_cart(visit.cookies).items():
        wanted = form.get(f"qty:{sku}", str(pieces)).strip()
        if wanted.isdecimal() and int(wanted[:6]) > 0:
            lines[sku] = min(int(wanted[:6]), cart.MOST_PIECES)
    return _changed("updated", lines)


def _changed(notice: str, lines: cart.Lines) -> Response:
    response = redirect(address("/cart", ok=notice))
    response.headers.append("Set-Cookie", cart.written(lines))
    return response
