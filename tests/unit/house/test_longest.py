"""The files that begin first are there, and stand in their order."""

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from tests.rigs.house import longest
from tests.rigs.house.longest import Taken


def test_the_table_names_files_that_are_there_longest_first() -> None:
    taken = longest.read(longest.TABLE.read_text())
    gone = [path for path in taken if not (longest.ROOT / path).exists()]
    assert not gone, f"gone or moved, change tests/longest.txt: {', '.join(gone)}"
    seconds = [one.seconds for one in taken.values()]
    assert seconds == sorted(seconds, reverse=True)
    assert all(0.0 <= one.cores <= 2.0 for one in taken.values())


def test_the_longest_begin_and_the_rest_stays_as_it_is() -> None:
    items: list[Any] = [
        SimpleNamespace(name=f"{path} {turn}", path=longest.ROOT / path)
        for path in ("a", "b", "c", "d")
        for turn in (1, 2)
    ]
    longest.in_order(items, {"c": Taken(20.0, 1.0), "d": Taken(90.0, 0.1)})
    assert [item.name for item in items] == ["d 1", "d 2", "c 1", "c 2", "a 1", "a 2", "b 1", "b 2"]


def test_files_that_one_worker_takes_together_are_one() -> None:
    items: list[Any] = [
        SimpleNamespace(name=path, path=longest.ROOT / path) for path in ("a", "together/b", "c")
    ]
    longest.in_order(items, {"c": Taken(20.0, 1.0), "together": Taken(90.0, 1.0)})
    assert [item.name for item in items] == ["together/b", "c", "a"]


def test_the_patterns_belong_to_one_worker_and_other_files_each_to_one() -> None:
    nodes = ("tests/patterns/test_a.py::x[1]", "tests/patterns/test_b.py::y", "tests/e2e/c.py::z")
    found = [longest.scope_of(node) for node in nodes]
    assert found == ["tests/patterns", "tests/patterns", "tests/e2e/c.py"]


WAITING = ["busy.py", "idle.py", "short.py"]
TAKEN = {"busy.py": Taken(60.0, 1.2), "idle.py": Taken(50.0, 0.2)}


@pytest.mark.parametrize(
    ("left", "busy", "expected"),
    [
        (0.0, 0.0, "busy.py"),
        (0.0, 0.8, "busy.py"),
        (0.0, 1.0, "idle.py"),  # the first one for which the cores are not busy yet
        (0.0, 1.9, "idle.py"),  # none is: the one that needs least
        (40.0, 0.0, "short.py"),  # it will wait
    ],
)
def test_a_worker_takes_what_the_cores_have_time_for(
    left: float, busy: float, expected: str
) -> None:
    assert longest.chosen(WAITING, TAKEN, left, busy, 2.0) == expected


class Node:
    """A worker as the scheduler sees it: keeps which tests it was sent."""

    shutting_down = False

    def __init__(self, name: str) -> None:
        self.gateway = SimpleNamespace(id=name)
        self.sent: list[int] = []

    def send_runtest_some(self, tests: list[int]) -> None:
        self.sent += tests

    def shutdown(self) -> None:
        self.shutting_down = True


def test_two_busy_files_do_not_run_beside_each_other(
    monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    files = ["a.py", "b.py", "c.py", "d.py"]
    tests = [f"{path}::test_{number}" for path in files for number in range(4)]
    taken = {
        path: Taken(60.0, cores) for path, cores in zip(files, (1.0, 0.8, 0.1, 0.1), strict=True)
    }
    monkeypatch.setattr(longest, "read", lambda _: taken)
    monkeypatch.setattr(longest.os, "cpu_count", lambda: 1)
    monkeypatch.setattr(longest, "SHARE", 1.1)
    monkeypatch.setattr("xdist.scheduler.loadscope.parse_tx_spec_config", lambda _: ["popen"] * 2)
    monkeypatch.setattr(pytestconfig.option, "loadscopereorder", False)
    scheduler, nodes = longest.Files(pytestconfig), [Node("one"), Node("two")]
    for node in nodes:
        scheduler.add_node(node)  # type: ignore[arg-type]
        scheduler.add_node_collection(node, tests)  # type: ignore[arg-type]
    scheduler.schedule()
    assert [{tests[at][0] for at in node.sent} for node in nodes] == [{"a"}, {"c"}]
    for at in (8, 9, 10):
        scheduler.mark_test_complete(nodes[1], at)  # type: ignore[arg-type]
    assert {tests[at][0] for at in nodes[1].sent} == {"c", "d"}


def test_what_was_not_run_keeps_what_it_took(monkeypatch: Any, tmp_path: Any) -> None:
    table = tmp_path / "longest.txt"
    before = {"tests/a.py": Taken(30.0, 0.3), "tests/b.py": Taken(20.0, 0.3)}
    table.write_text(longest.written(before))
    monkeypatch.setattr(longest, "TABLE", table)
    busy = iter((100.0, 107.5, 127.5, 128.5, 129.0))
    monkeypatch.setattr(longest, "spent", lambda: next(busy))
    measuring = longest.Measuring()
    for name, seconds in (("b", 15.0), ("b", 40.0), ("b", 2.0), ("c", 1.0)):
        report: Any = SimpleNamespace(nodeid=f"tests/{name}.py::test_x", duration=seconds)
        measuring.pytest_runtest_logreport(report)
    measuring.pytest_sessionfinish()
    expected = {"tests/b.py": Taken(57.0, 0.5), "tests/a.py": Taken(30.0, 0.3)}
    assert longest.read(table.read_text()) == expected


def test_what_a_process_of_its_own_spends_is_counted() -> None:
    before = longest.spent()
    burn = "import time\nwhile time.process_time() < 0.3: pass"
    subprocess.run([sys.executable, "-c", burn], check=True, start_new_session=True)
    assert longest.spent() - before > 0.2
