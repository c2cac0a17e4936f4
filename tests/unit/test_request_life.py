"""Every file that docs/request-life.md leads through is there, with what it is said to hold."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "request-life.md").read_text("utf-8")
# `path` (`name`) or `path`, `name`
LED = re.compile(r"`((?:[a-z_]+/)+[a-z_]+\.py)`(?:(?: \(|, )`(\w+)`)?")
STOPS = sorted(set(LED.findall(TEXT)))


@pytest.mark.parametrize(("path", "name"), STOPS)
def test_the_stop_exists(path: str, name: str) -> None:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    defined = {node.name for node in ast.walk(tree) if isinstance(node, kinds)}
    assert not name or name in defined


def test_no_path_is_written_in_a_way_that_is_not_checked() -> None:
    assert {path for path, _ in STOPS} == set(re.findall(r"[\w/]+\.py", TEXT))
    assert len(STOPS) > 40
