"""The whole way, in a process of its own: a weak test notices what it looks at, and no more."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mutants.changes import changes
from tests.rigs.house.source import ROOT

# Several runs of pytest within a test: as long as a busy machine takes.
pytestmark = [pytest.mark.timeout(900), pytest.mark.legacy]

PATH = "new_services/inventory/domain.py"
WEAK = """
from new_services.inventory.domain import Level, Movement, origin_of_order

def test_what_is_left():
    assert Level("A", 5, 1, 2, 6).promise == 4
    assert Level("A", 5, 1, 7, 6).promise == 0

def test_nothing_is_looked_at():
    Movement("A", 1, "SALE", "SO-1", "then").origin
"""
TRY = """
import json, sys
from tests.mutants.session import Broken, try_all
from tests.mutants.targets import Target

if __name__ == "__main__":
    target = Target("t", (sys.argv[1],), (sys.argv[2],))
    try:
        results = try_all(target, int(sys.argv[3]), 2)
    except Broken as error:
        print(json.dumps(str(error)))
    else:
        print(json.dumps({one.change.name: str(one.outcome) for one in results}))
"""


@pytest.fixture
def tests(tmp_path: Path) -> Path:
    (tmp_path / "try_it.py").write_text(TRY)
    return tmp_path / "test_weak.py"


def tried(tests: Path, text: str, every: int = 1, path: str = PATH) -> dict[str, str] | str:
    tests.write_text(text)
    command = [sys.executable, str(tests.with_name("try_it.py")), path, str(tests), str(every)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    said = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    found: dict[str, str] | str = json.loads(said.stdout.splitlines()[-1])
    return found


def test_a_change_is_killed_survives_or_is_reached_by_no_test(tests: Path) -> None:
    found = tried(tests, WEAK)
    assert isinstance(found, dict)
    assert len(found) == len(changes(PATH))
    assert found["Level.stock: self.quantity + self.ahead -> self.quantity - self.ahead"] == (
        "killed"
    )
    assert found["Level.promise: 0 -> 1"] == "killed"
    either = "Movement.origin: self.order_no and self.reason in ('SALE', 'CANCEL')"
    assert [found[name] for name in found if name.startswith(either)] == ["survived"]
    unreached = [name for name, outcome in found.items() if outcome == "no test executes it"]
    assert any(name.startswith("shortage: ") for name in unreached)


def test_what_acts_at_import_is_imported_with_the_change(tests: Path) -> None:
    imports = "from new_services.inventory.schemas import Reserve\n"
    text = f"{imports}def test_one_piece():\n    assert Reserve(pieces={{'A': 1}}).pieces\n"
    path = "new_services/inventory/schemas.py"
    assert tried(tests, text, every=2, path=path) == {  # every second one is left out
        "module: 1 -> 2": "killed",
        "Stamped: False -> True": "survived",
        "Stamped: 0 -> 1 #2": "survived",
        "Reserve: 1 -> 2": "killed",
    }


def test_tests_that_fail_by_themselves_are_named(tests: Path) -> None:
    said = tried(tests, f"{WEAK}\ndef test_red():\n    assert 0\n")
    assert isinstance(said, str)
    assert said.startswith("without any change these fail: ")
    assert said.endswith("::test_red")


def test_tests_that_cannot_be_collected_are_reported(tests: Path) -> None:
    said = tried(tests, "import no_such_module\n")
    assert said == f"t: its tests cannot be collected: pytest {tests}"


HANGS = """
import os, time
from pathlib import Path
from new_services.inventory.domain import Level

def test_it_says_where_it_runs_and_hangs_where_the_code_is_changed():
    Path(__file__).with_name("pids").open("a").write(f"{os.getppid()} {os.getpid()} ")
    if Level("A", 5, 1, 2, 6).promise != 4:
        time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_stopped_it_leaves_no_process(tests: Path, number: signal.Signals) -> None:
    tests.write_text(HANGS)
    command = [sys.executable, str(tests.with_name("try_it.py")), PATH, str(tests), "1"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as process:
        pids = tests.with_name("pids")
        eventually(lambda: pids.exists() and len(set(pids.read_text().split())) >= 4)
        process.send_signal(number)
        process.wait(30)
    forks = {int(pid) for pid in pids.read_text().split()} - {process.pid}
    eventually(lambda: not [pid for pid in forks if _lives(pid)])


def _lives(pid: int) -> bool:
    """A zombie does not: the process that adopted it has not looked yet."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def eventually(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)
