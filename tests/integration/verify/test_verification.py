"""Differences of every kind are injected, found and named; rows in motion are not."""

import asyncio

import pytest

from new_services.anticorruption.verify import report
from new_services.anticorruption.verify.verification import verify

pytestmark = pytest.mark.integration


def verified(shop, deep=False, only=()):
    return asyncio.run(verify(shop.settings, lambda text: None, deep=deep, only=only))


@pytest.mark.parametrize("deep", [False, True])
def test_two_sides_that_hold_the_same(shop, deep):
    found = verified(shop, deep)
    assert report.as_text(found).splitlines()[-1].startswith("both sides hold the same")
    assert report.as_json(found)["ok"] is True
    rows = {(each.service, each.entity): (each.legacy_rows, each.rows) for each in found.entities}
    assert rows["catalog", "product"] == (3, 3)
    assert rows["inventory", "movement"] == (5, 5)
    assert rows["orders", "line"] == (2, 2)
