"""A storefront over services that are played."""

from collections.abc import AsyncIterator

import pytest

from tests.rigs.shop.storefront import PlayedShop


@pytest.fixture
async def shop() -> AsyncIterator[PlayedShop]:
    made = PlayedShop()
    async with made.browser:
        yield made
