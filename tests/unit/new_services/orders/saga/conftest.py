"""The stories of an order in a world of the test's own."""

import pytest

from tests.rigs.shop.stories import World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)
