"""The wheel, built from this checkout and installed alone, outside of it."""

import time
from collections.abc import Callable, Iterator

import pytest

from tests.rigs.installed import Installed, Monolith, install


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Made once: building and installing take a few seconds."""
    return install(tmp_path_factory.mktemp("outside"))


@pytest.fixture
def monolith() -> Iterator[str]:
    """The URL of an HTTP server that says which path was asked for."""
    with Monolith() as one:
        yield one.url


@pytest.fixture
def wait_for() -> Callable[..., None]:
    """`wait_for(what, check)`: polls; fails with `what` after a while."""
    return _wait


def _wait(what: str, check: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.02)
