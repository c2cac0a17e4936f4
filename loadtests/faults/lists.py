"""What goes wrong in a page of products; other answers stay as they are."""

from collections.abc import Callable
from typing import Any

import orjson

from chassis.web.app import JsonBytes

Page = dict[str, Any]
Bend = Callable[[Page], Page]


def spoiler(bend: Bend) -> Callable[[JsonBytes], JsonBytes]:
    def spoil(answer: JsonBytes) -> JsonBytes:
        found = orjson.loads(answer.body)
        if "products" not in found:
            return answer
        return JsonBytes(orjson.dumps(bend(found)), answer.status_code)

    return spoil


BENDS: dict[str, tuple[str, Bend]] = {
    "page-total": ("the total is one too low", lambda one: one | {"total": one["total"] - 1}),
    "page-from-zero": ("pages are counted from 0", lambda one: one | {"page": one["page"] - 1}),
    "page-edge": (
        "the last product of a page is missing",
        lambda one: one | {"products": one["products"][:-1]},
    ),
    "page-overlap": (
        "a page begins with the last product of the page before",
        lambda one: one | {"products": one["products"][:1] + one["products"][:-1]},
    ),
    "list-order": ("lists run backwards", lambda one: one | {"products": one["products"][::-1]}),
    "pages-text": ("the number of pages is a text", lambda one: one | {"pages": str(one["pages"])}),
}
