"""The wheel, built from this checkout and installed alone, outside; a facade started there."""

from collections.abc import Iterator

import pytest

from tests.rigs.processes.installed import Facade, Installed, Monolith, install


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Made once: building and installing take a few seconds."""
    return install(tmp_path_factory.mktemp("outside"))


@pytest.fixture(scope="session")
def monolith() -> Iterator[str]:
    """The URL of an HTTP server that says which path was asked for."""
    with Monolith() as one:
        yield one.url


@pytest.fixture(scope="session")
def facade(installed: Installed, monolith: str) -> Iterator[Facade]:
    """In front of the monolith."""
    with Facade(installed, monolith) as one:
        yield one
