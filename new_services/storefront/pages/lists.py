"""Lists of articles: the search and the categories."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Response

from chassis.web.app import Problem
from chassis.web.reading import whole_number
from new_services.storefront.errors import not_found
from new_services.storefront.links import address, with_query
from new_services.storefront.parts.catalog import Category, Listing
from new_services.storefront.shell import Shell, surround
from new_services.storefront.visit import Visit

PER_PAGE = 24
MOST_PER_PAGE = 100
BEYOND = 10**9  # a page that no list has
SORTS = {
    "name": "Name",
    "price": "Price, low first",
    "-price": "Price, high first",
    "newest": "Newest",
}
NO_CATEGORY = "We have no such category."


@dataclass(frozen=True, slots=True)
class Query:
    """What a visitor looks for; what makes no sense is the default. `page` counts from 1."""

    words: str  # blank between
    category: str
    sort: str
    page: int
    per_page: int

    @classmethod
    def read(cls, said: Mapping[str, str], category: str | None = None) -> "Query":
        """From a query string; `category` in place of the one that it names."""
        sort = said.get("sort", "name")
        named = said.get("category", "").replace("\0", "")
        return cls(
            words=" ".join(said.get("q", "").replace("\0", " ").split()),
            category=named if category is None else category,
            sort=sort if sort in SORTS else "name",
            page=whole_number(said.get("page"), 1),
            per_page=min(whole_number(said.get("per_page"), PER_PAGE), MOST_PER_PAGE),
        )

    @property
    def asked(self) -> dict[str, str | int]:
        """As the catalog is asked."""
        return {
            "q": self.words,
            "category": self.category,
            "sort": self.sort,
            "page": min(self.page, BEYOND),
            "per_page": self.per_page,
        }


@dataclass(frozen=True, slots=True)
class SameList:
    """Addresses of this list in another order or at another page. What else the request said stays
    in them, also what the shop does not know."""

    path: str
    said: Mapping[str, str]

    def __call__(self, **changes: str | int) -> str:
        """With these parameters changed."""
        return with_query(self.path, {**self.said, **changes})

    def at(self, page: int) -> str:
        """Another page."""
        return self(page=page)


async def search(visit: Visit) -> Response:
    """`GET /search`: by words, or all."""
    query = Query.read(visit.parameters)
    shell, found = await asyncio.gather(
        surround(visit), visit.parts.catalog.listing(visit, query.asked)
    )
    title = f"Search: {query.words}" if query.words else "All articles"
    return _page(shell, query, found, SameList("/search", _kept(visit)), title)


async def category(visit: Visit) -> Response:
    """`GET /category/{code}`: its articles and those of its subcategories."""
    code: str = visit.request.path_params["code"]
    query = Query.read(visit.parameters, code)
    shell, found = await asyncio.gather(
        surround(visit), visit.parts.catalog.listing(visit, query.asked)
    )
    by_code = {each.code: each for each in shell.categories}
    one = by_code.get(code.replace("\0", ""))
    if one is None:
        raise not_found(NO_CATEGORY)
    if one.code != code:  # a NUL is found without it, and cannot be looked for with it
        raise Problem(400, "Bad Request", "bad input")
    said = {name: value for name, value in _kept(visit).items() if name != "code"}
    return _page(
        shell,
        query,
        found,
        SameList(address("/category", code), said),
        one.name,
        here=(one.code, one.parent),
        parent=by_code.get(one.parent) if one.parent else None,
        children=[each for each in shell.categories if each.parent == code],
    )


def _kept(visit: Visit) -> dict[str, str]:
    """All but the notice, which is shown once."""
    return {name: value for name, value in visit.parameters.items() if name != "ok"}


def _page(
    shell: Shell,
    query: Query,
    found: Listing,
    same: SameList,
    title: str,
    **more: Any,
) -> Response:
    above: dict[str, Category | list[Category] | tuple[str, ...] | None] = {
        "here": (),
        "parent": None,
        "children": [],
    }
    return shell.page(
        "list.html",
        title=title,
        query=query,
        words=query.words,
        found=found,
        pages=-(-found.total // query.per_page),
        sorts=SORTS,
        same=same,
        **(above | more),
    )
