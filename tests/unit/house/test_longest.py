"""The files that begin first are there, and stand in their order."""

from types import SimpleNamespace
from typing import Any

from tests.rigs.house import longest


def test_the_table_names_files_that_are_there_longest_first() -> None:
    taken = longest.read(longest.TABLE.read_text())
    gone = [path for path in taken if not (longest.ROOT / path).exists()]
    assert not gone, f"gone or moved, change tests/longest.txt: {', '.join(gone)}"
    assert list(taken.values()) == sorted(taken.values(), reverse=True)


def test_the_longest_begin_and_the_rest_stays_as_it_is() -> None:
    items: list[Any] = [
        SimpleNamespace(name=f"{path} {turn}", path=longest.ROOT / path)
        for path in ("a", "b", "c", "d")
        for turn in (1, 2)
    ]
    longest.in_order(items, {"c": 20.0, "d": 90.0})
    assert [item.name for item in items] == ["d 1", "d 2", "c 1", "c 2", "a 1", "a 2", "b 1", "b 2"]


def test_files_that_one_worker_takes_together_are_one() -> None:
    items: list[Any] = [
        SimpleNamespace(name=path, path=longest.ROOT / path) for path in ("a", "together/b", "c")
    ]
    longest.in_order(items, {"c": 20.0, "together": 90.0})
    assert [item.name for item in items] == ["together/b", "c", "a"]


def test_the_patterns_belong_to_one_worker_and_other_files_each_to_one() -> None:
    nodes = ("tests/patterns/test_a.py::x[1]", "tests/patterns/test_b.py::y", "tests/e2e/c.py::z")
    found = [longest.scope_of(node) for node in nodes]
    assert found == ["tests/patterns", "tests/patterns", "tests/e2e/c.py"]


def test_what_was_not_run_keeps_its_seconds(monkeypatch: Any, tmp_path: Any) -> None:
    table = tmp_path / "longest.txt"
    table.write_text(longest.written({"tests/a.py": 30.0, "tests/b.py": 20.0}))
    monkeypatch.setattr(longest, "TABLE", table)
    measuring = longest.Measuring()
    for seconds in (15.0, 40.0, 2.0):
        measuring.pytest_runtest_logreport(
            SimpleNamespace(nodeid="tests/b.py::test_x", duration=seconds)  # type: ignore[arg-type]
        )
    measuring.pytest_runtest_logreport(
        SimpleNamespace(nodeid="tests/c.py::test_x", duration=1.0)  # type: ignore[arg-type]
    )
    measuring.pytest_sessionfinish()
    assert longest.read(table.read_text()) == {"tests/b.py": 57.0, "tests/a.py": 30.0}
