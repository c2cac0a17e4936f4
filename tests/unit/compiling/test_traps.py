"""What mypyc makes something else of than Python: patterns that no compiled source has."""

import ast

import pytest

from compiling.sources import compiled
from tests.rigs.house.source import ROOT, tree

PURE = {"len", "min", "max", "start", "end"}  # made twice, they say the same


@pytest.mark.parametrize("name", compiled(ROOT))
def test_no_call_with_an_effect_is_made_between_the_brackets_of_a_slice(name: str) -> None:
    """Of what is no list, tuple, str or bytes, mypyc evaluates the bounds twice."""
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Slice):
            for call in (one for one in ast.walk(node) if isinstance(one, ast.Call)):
                called = ast.unparse(call.func).rpartition(".")[2]
                assert called in PURE, f"{name}:{call.lineno}: {ast.unparse(node)}"


@pytest.mark.parametrize("name", compiled(ROOT))
def test_no_source_looks_for_its_own_slots(name: str) -> None:
    """A compiled class has no `__slots__` and no `__dict__`: the way over them ends in an error."""
    read = {one.attr for one in ast.walk(tree(name)) if isinstance(one, ast.Attribute)}
    assert not read & {"__slots__", "__dict__"}
