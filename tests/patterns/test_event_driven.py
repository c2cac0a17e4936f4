"""Event-driven: a change reaches those who listen; late where the feed is away, and not lost."""

import json
from typing import Any

STOCK = "/api/stock/SHO-10466-BLUE-40"


def pieces(said: str) -> int:
    return int(json.loads(said.split("\n", 1)[1])["stock"])


def test_what_happened_meanwhile_is_heard_afterwards(shop: Any, tour: Any) -> None:
    said = tour("event-driven")
    late = said[f"fig get {STOCK} --from inventory --until same:legacy"]
    stale = said[f"fig get {STOCK} --from inventory"]
    assert pieces(late) <= pieces(stale)
    assert shop.ask(STOCK, "inventory").json == shop.ask(STOCK, "legacy").json


def test_every_read_model_says_how_far_it_is(shop: Any, until: Any) -> None:
    def all_say() -> bool:
        found = shop.json("lag")
        assert {"catalog", "orders", "inventory"} <= set(found)
        return all(one["seconds"] is not None and one["seconds"] < 60 for one in found.values())

    until("the read models follow", all_say)
