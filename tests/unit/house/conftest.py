"""These rules read the source; without git there is no list of what belongs to it."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rigs.house import source

PATIENCE = 900.0  # seconds: the whole source is read and its types inferred, on any machine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.timeout(PATIENCE))


@pytest.fixture(autouse=True, scope="session")
def _checkout() -> None:
    if not source.sources():
        pytest.skip("needs a git checkout")


@pytest.fixture(autouse=True, scope="module")
def _trees_stay() -> Iterator[None]:
    """The trees of the whole source are kept: the garbage collector need not look through them."""
    gc.disable()
    yield
    gc.freeze()
    gc.enable()
