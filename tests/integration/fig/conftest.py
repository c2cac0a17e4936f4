"""The `fig` command as a process of its own, and a small stack for the supervisor."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from chassis.process import lifetime
from fig.supervise import state

PROJECT = Path(__file__).parents[3]
SECONDS = 90.0


def _wait(what: str, check: Callable[[], object], seconds: float = SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.02)


@pytest.fixture
def wait_for() -> Callable[..., None]:
    """`wait_for(what, check)`: polls; fails with `what` after a while."""
    return _wait


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder in a path with a space."""
    folder = tmp_path / "my shop" / ".fig"
    folder.parent.mkdir()
    return folder


@dataclass
class Fig:
    """Calls `python -m fig` with its own data folder."""

    home: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the caller's own FIG_… reaches the test."""
        own = {name: text for name, text in os.environ.items() if not name.startswith("FIG_")}
        return {**own, "FIG_HOME": str(self.home), **self.variables}

    def __call__(self, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """Wait for its end."""
        return subprocess.run(
            [sys.executable, "-m", "fig", *arguments],
            env=self.environment | more,
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=100,
        )

    @property
    def state(self) -> state.StackState:
        """What the running stack wrote down."""
        found = state.read(self.home / "run" / "state.json")
        assert found is not None, "no state is written"
        return found


@pytest.fixture
def fig(home: Path) -> Iterator[Fig]:
    """The command; what it left running is stopped."""
    command = Fig(home)
    yield command
    found = state.read(home / "run" / "state.json")
    if found is not None:
        if found.alive:
            os.kill(found.pid, signal.SIGKILL)
        state.end(state.survivors(found))


# A stack of small processes. Each writes to the journal when it starts and when it is asked to end.
TINY = """
import os, signal, sys, time
name, journal, deaf = sys.argv[1], sys.argv[2], "deaf" in sys.argv[3:]
def note(word):
    with open(journal, "a") as file:
        file.write(f"{word} {name}\\n")
def stop(number, frame):
    note("end")
    sys.exit(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN if deaf else stop)
if "child" in sys.argv[3:] and os.fork() == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(60)
note("start")
with open(f"{journal}.{name}", "w") as file:
    file.write(str(os.getpid()))
print("hello from", name)
while True:
    time.sleep(60)
"""

DRIVER = """
import asyncio, sys
from dataclasses import dataclass
from pathlib import Path
from fig.supervise import session
from fig.errors import FigError
from fig.supervise.process import Process
from fig.settings import Home
from fig.supervise.order import Order

home, base, tiny, journal = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], Path(sys.argv[4])

@dataclass(frozen=True)
class Noted:
    name: str
    async def check(self, pid):
        written = Path(f"{journal}.{self.name}")
        return written.exists() and written.read_text() == str(pid)

def tiny_process(name, *needs, ways=(), **more):
    command = (sys.executable, tiny, name, str(journal), *ways)
    return Process(name, command, needs=needs, ready=Noted(name), **more)

def listing(order):
    return (
        tiny_process("one"),
        tiny_process("two", "one", ways=("child",)),
        tiny_process("three", "two", ways=sys.argv[5:], grace=1.0),
    )

def said(name, line):
    print(name, "said", line, flush=True)

onlooker = session.Onlooker(lambda status: None, said)
try:
    asyncio.run(session.run(Order(Home(home), Path("routes.yaml"), base), onlooker, listing))
except FigError as error:
    print("fig:", error, file=sys.stderr)
    sys.exit(error.exit_code)
"""


@dataclass
class SmallStack:
    """Three processes that need each other in a row, and the supervisor that runs them."""

    home: Path
    journal: Path
    process: "subprocess.Popen[str]"

    @property
    def lines(self) -> list[str]:
        """What the processes noted."""
        return self.journal.read_text().splitlines() if self.journal.exists() else []

    @property
    def state(self) -> state.StackState | None:
        """What the supervisor wrote down."""
        return state.read(self.home / "run" / "state.json")

    def pid(self, name: str) -> int:
        """Of a process that runs."""
        found = self.state
        process = found.process(name) if found else None
        assert process is not None
        return process.pid

    def group(self, name: str) -> list[int]:
        """Every process of its group."""
        wanted, found = self.pid(name), []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if os.getpgid(int(entry.name)) == wanted and lifetime.started(int(entry.name)):
                    found.append(int(entry.name))
            except ProcessLookupError:
                continue
        return found

    def wait_until_ready(self) -> None:
        """Everything is up."""
        _wait("the small stack", lambda: self.state is not None and self.state.ready)


@pytest.fixture
def small_stack(home: Path, port_base: int, tmp_path: Path) -> Iterator[Callable[..., SmallStack]]:
    """`small_stack(*ways of the last process)`: started, not awaited."""
    made: list[SmallStack] = []
    tiny, driver = tmp_path / "tiny.py", tmp_path / "driver.py"
    tiny.write_text(TINY)
    driver.write_text(DRIVER)

    def start(*ways: str) -> SmallStack:
        journal = tmp_path / "journal"
        process = subprocess.Popen(
            [sys.executable, driver, home, str(port_base), tiny, journal, *ways],
            env=os.environ | {"PYTHONPATH": str(PROJECT)},
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        made.append(SmallStack(home, journal, process))
        return made[-1]

    yield start
    for stack in made:
        if stack.process.poll() is None:
            stack.process.kill()
        stack.process.communicate(timeout=60)
        found = stack.state
        if found is not None:
            state.end(state.survivors(found))
