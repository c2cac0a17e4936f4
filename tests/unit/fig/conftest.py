"""Small processes for the supervisor's tests."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import pytest

from fig.stack import credentials, ports
from fig.stack.places import Local
from fig.supervise.process import Process
from fig.supervise.supervisor import Supervisor
from tests.rigs.processes.supervision import FakeLauncher, FakeProbe, FakeTime


def _service(name: str, *needs: str, ready_after: int = 1, **more) -> Process:
    return Process(name, ("run", name), needs=needs, ready=FakeProbe(ready_after), **more)


@pytest.fixture
def service() -> Callable[..., Process]:
    """`service(name, *needs, ready_after=n)`: ready from the n-th question on."""
    return _service


@pytest.fixture
def oneshot() -> Callable[..., Process]:
    """`oneshot(name, *needs)`."""
    return lambda name, *needs, **more: Process(name, ("run", name), needs=needs, **more)


@pytest.fixture
def time_() -> FakeTime:
    return FakeTime()


@pytest.fixture
def supervise(time_: FakeTime) -> Callable[..., tuple[Supervisor, FakeLauncher, list[str]]]:
    """`supervise(*processes, exits={name: [codes]})`: supervisor, launcher, states as they came."""

    def make(
        *processes: Process,
        exits: Mapping[str, list[int | None]] | None = None,
        extra: Mapping[str, Mapping[str, str]] | None = None,
    ) -> tuple[Supervisor, FakeLauncher, list[str]]:
        launcher, seen = FakeLauncher(exits), []
        show = lambda status: seen.append(f"{status.name} {status.word}")  # noqa: E731
        return Supervisor(processes, launcher, show, time_.clock, extra), launcher, seen

    return make


@pytest.fixture
def local(tmp_path: Path) -> Local:
    """A place on this machine, in a folder with a space."""
    home = tmp_path / "my shop"
    secrets = {name: credentials.generate() for name in credentials.NAMES}
    return Local(home, home / "routes.yaml", ports.plan(21000), secrets)


@pytest.fixture
def until() -> Callable[[Callable[[], object]], Awaitable[None]]:
    """Lets the others go on until something holds."""

    async def wait(check: Callable[[], object]) -> None:
        for _ in range(10_000):
            if check():
                return
            await asyncio.sleep(0)
        raise AssertionError("it never came")

    return wait
