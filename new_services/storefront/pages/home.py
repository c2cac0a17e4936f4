"""The first page: big categories, reduced articles, new ones."""

import asyncio

from fastapi import Response

from new_services.storefront.shell import surround
from new_services.storefront.visit import Visit

TILES = 8
# Picture and colour of the big categories.
PICTURES = {
    "CLOTHING": ("jacket", "teal"),
    "FOOTWEAR": ("boot", "brown"),
    "CAMPING": ("tent", "orange"),
    "PACKS": ("backpack", "green"),
    "CLIMBING": ("rope", "violet"),
    "EQUIPMENT": ("lamp", "blue"),
}
ANY_PICTURE = ("bottle", "grey")


async def home(visit: Visit) -> Response:
    """`GET /`"""
    catalog = visit.parts.catalog
    shell, newest, offers = await asyncio.gather(
        surround(visit),
        catalog.listing(visit, {"sort": "newest", "per_page": TILES}),
        catalog.offers(visit),
    )
    pictures = {
        each.code: "/img/{}-{}.svg".format(*PICTURES.get(each.code, ANY_PICTURE))
        for each in shell.menu
    }
    return shell.page("home.html", newest=newest.cards, offers=offers, pictures=pictures)
