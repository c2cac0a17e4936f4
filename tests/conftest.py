"""What tests of every kind share."""

import atexit
import functools
import gc
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import httpcore2
import pytest
from hypothesis import HealthCheck, settings

from chassis.compiled import LIBRARY, ROOT, refuse_stale
from tests.rigs.house import longest
from tests.rigs.processes import homes, ports

refuse_stale()  # else the tests would judge what was compiled before the last edit
COMPILED = (ROOT / LIBRARY).exists()

# A slow machine is no finding. The same examples every time, so that a failure is the change's own;
# FIG_EXPLORE=1 looks for new ones.
settings.register_profile(
    "fig",
    deadline=None,
    derandomize="FIG_EXPLORE" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("fig")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Where failed tests are tried once more, a worker asks its controller at each test, in two
    small writes: Nagle's algorithm holds back the second for 40 ms."""
    connection = getattr(getattr(config, "failures_db", None), "sock", None)
    if connection is not None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


# Facades of tests leave their tokens there, not among those of the user who runs the tests.
os.environ["XDG_STATE_HOME"] = _STATE = tempfile.mkdtemp(prefix="fig-tests-")
atexit.register(shutil.rmtree, _STATE, True)


# Each client of httpx2 reads all authorities there are, for plain HTTP too: 22 ms of a core.
setattr(httpcore2, "default_ssl_context", functools.cache(httpcore2.default_ssl_context))  # noqa: B010


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> longest.Files | None:
    """For `--dist loadfile`."""
    return longest.Files(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected stays to the end: the garbage collector need not look through it again.

    It is 0.8 million objects for the unit tests, a second each time, and some tests collect often.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take longest begin first.

    Compiled code calls its own functions directly: nobody can put another one in between.
    """
    longest.in_order(items, longest.read(longest.TABLE.read_text()))
    skip = pytest.mark.skip(reason="needs the Python build: `make uncompile`")
    for item in items:
        if COMPILED and item.get_closest_marker("python_build"):
            item.add_marker(skip)


@pytest.fixture
def port_base() -> int:
    """Enough free ports in a row for a stack."""
    return ports.free_base()


@pytest.fixture(scope="session")
def free_base() -> int:
    """The same, for a stack that serves all tests of a folder."""
    return ports.free_base()


@pytest.fixture(scope="module")
def shared_port_base() -> int:
    """The same, for a stack that serves all tests of a file."""
    return ports.free_base()


@pytest.fixture(scope="session")
def shop_in(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], None]:
    """`shop_in(HOME)`: this data folder gets a copy of the seeded shop, which `fig up` starts in
    half the time of a fresh one."""
    own = tmp_path_factory.getbasetemp()
    of_all_workers = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def fill(home: Path) -> None:
        homes.copy(homes.seeded(of_all_workers), home)

    return fill
