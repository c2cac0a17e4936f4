"""These rules read the source; without git there is no list of what belongs to it."""

import pytest

from tests.rigs.house import source


@pytest.fixture(autouse=True, scope="session")
def _checkout() -> None:
    if not source.sources():
        pytest.skip("needs a git checkout")
