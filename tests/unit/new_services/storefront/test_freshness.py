"""How far back a page may be."""

from typing import Any

import pytest

from new_services.storefront.freshness import EVERY_SECONDS, Freshness
from tests.rigs.shop.storefront import PlayedService


def freshness(**watermarks: Any) -> tuple[Freshness, dict[str, PlayedService], list[float]]:
    services: Any = {
        name: PlayedService(name, {"/readyz": {"ready": True, "watermark": watermark}})
        for name, watermark in watermarks.items()
    }
    now = [100.0]
    return Freshness(services, lambda: now[0]), services, now


async def test_it_is_as_far_back_as_the_oldest_read_model() -> None:
    made, services, now = freshness(catalog=900, inventory=700)
    await made.look()
    assert made.details() == {"watermark": 700}
    services["inventory"].answers["/readyz"]["watermark"] = 950
    await made.look()
    assert made.details() == {"watermark": 700}, "asked a moment ago"
    now[0] += EVERY_SECONDS
    await made.look()
    assert made.details() == {"watermark": 900}


@pytest.mark.parametrize("watermark", [None, "x", 0])
async def test_one_that_does_not_say_is_named(watermark: object) -> None:
    made, _, _ = freshness(catalog=900, inventory=watermark)
    reason = "inventory: does not say how fresh it is"
    await made.look()
    assert made.details() == {"watermark": 0, "reason": reason}


async def test_so_is_one_that_is_away_and_all_before_anybody_was_asked() -> None:
    made, services, _ = freshness(catalog=900, inventory=700)
    assert made.details()["watermark"] == 0
    services["catalog"].away = True
    await made.look()
    assert made.details()["reason"] == "catalog: does not say how fresh it is"
