"""Each source file with functions has a test file in its place of the mirrored tree, or a line in
covered_by.txt that names the test file which executes at least half of it.

What is checked here, in every run: that each file has the one or the other, that the named test
exists, and that it executed at least half as many statements as the file's functions have *now*:
a file that grew since must be measured again. That it executed them was measured by
`make coverage-map` (tests/rigs/house/coverage_map.py), which runs tests under coverage.

uncovered.txt lists the files for which no such test was measured. It may only shrink.
"""

import warnings

from tests.rigs.house.coverage_map import TABLE, own_test, read_table, statements, without_own_test
from tests.rigs.house.source import ROOT

MOST_UNCOVERED = 57  # let it fall with the list
HOW = "make coverage-map ARGS=<test file>"


def uncovered() -> set[str]:
    lines = TABLE.with_name("uncovered.txt").read_text().splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def wrong(name: str) -> str:
    """What is wrong with a line of the table; "" where nothing is."""
    line, now = read_table()[name], len(statements(name))
    if not (ROOT / line.test).exists():
        return f"{name}: {line.test} is gone: move the line with it, or {HOW}"
    if 2 * line.executed >= now:
        return ""
    return (
        f"{name}: {line.test} executed {line.executed} statements of its functions, which have"
        f" {now} now: write {own_test(name)}, or measure again: {HOW}"
    )


def test_each_file_has_its_test_file_or_a_line_in_the_table() -> None:
    missing = sorted(set(without_own_test()) - read_table().keys() - uncovered())
    assert not missing, "no test file: " + "; ".join(
        f"{name}: write {own_test(name)}, or let {HOW} note the one that executes half of it;"
        " if it only moved, move its line in covered_by.txt or uncovered.txt"
        for name in missing
    )


def test_the_lists_have_no_line_too_many() -> None:
    needed = set(without_own_test())
    extra = sorted((read_table().keys() | uncovered()) - needed)
    extra += sorted(uncovered() & read_table().keys())
    assert not extra, (
        "take these lines out of tests/unit/house/covered_by.txt or uncovered.txt (moved, gone,"
        f" without functions, or with a test by now): {', '.join(extra)}"
    )


def test_the_named_tests_exist_and_execute_half() -> None:
    found = [
        said
        for name in sorted(set(without_own_test()) & read_table().keys())
        if (said := wrong(name))
    ]
    assert not found, "; ".join(found)


def test_fewer_files_are_uncovered_than_ever() -> None:
    number = len(uncovered())
    assert number <= MOST_UNCOVERED, f"uncovered.txt has {number} files, at most {MOST_UNCOVERED}"
    warnings.warn(f"{number} source files without a test file: uncovered.txt", stacklevel=1)
