"""What is changed in a piece of code, what is left alone, and which code comes of it."""

from types import CodeType
from typing import Any

import pytest

from tests.mutants.changes import Change, changes


def names(text: str) -> list[str]:
    return [change.what for change in changes("some.py", text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a < b", ["a < b -> a <= b", "a < b -> a > b"]),
        ("a >= b", ["a >= b -> a > b", "a >= b -> a < b"]),
        ("a == b", ["a == b -> a != b"]),
        ("a is not None", ["a is not None -> a is None"]),
        ("a in b", ["a in b -> a not in b"]),
        ("a and b", ["a and b -> a or b"]),
        ("a or b", ["a or b -> a and b"]),
        ("not a", ["not a -> a"]),
        ("-a", ["-a -> a"]),
        ("a + b", ["a + b -> a - b"]),
        ("a // b", ["a // b -> a * b"]),
        ("a += b", ["a += b -> a -= b"]),
        ("a = 7", ["7 -> 8"]),
        ("a = 0.5", ["0.5 -> 1.5"]),
        ("a = True", ["True -> False"]),
        ("a = min(b)", ["min(b) -> max(b)"]),
        ("a = any(b)", ["any(b) -> all(b)"]),
        ("a = f(x, y=z)", ["f(x, y=z) -> f(x)"]),
        ("a = f(x, y=1)", ["1 -> 2"]),
        ("f(x)", ["f(x) -> pass"]),
        ("a.b = c", ["a.b = c -> pass"]),
        ("a[b] = c", ["a[b] = c -> pass"]),
        ("del a[b]", ["del a[b] -> pass"]),
        ("raise a", ["raise a -> pass"]),
        ("b if a else c", ["a -> not a"]),
        ("if a: b = c", ["a -> not a"]),
        ("while a.b: b = c", ["a.b -> not a.b"]),
        ("def f():\n return a", ["return a -> return None"]),
        ("def f():\n return", ["return -> pass"]),
        ("async def f():\n await a", ["await a -> pass"]),
        ("for a in b:\n break", ["break -> continue"]),
        ("for a in b:\n continue", ["continue -> break"]),
        (
            "try: a = b\nexcept C: d = e",
            ["except C: d = e -> except C: raise"],
        ),
        ("f = lambda x: x + y", ["x + y -> x - y"]),
        ("a = [b for c in d if c > b]", ["c > b -> c >= b", "c > b -> c < b"]),
    ],
)
def test_each_kind_of_change(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        '"a text"',
        "a = b'bytes'",
        "a = None",
        "a = f'{b + 1}'",
        "a = 'x' + b",
        "a: int | None = b",
        "A: TypeAlias = dict[str, 1]",
        "if TYPE_CHECKING:\n import a",
        "assert a == b",
        "@dataclass(frozen=True)\nclass A:\n a: int",
        "@route(7)\ndef f() -> int:\n ...",
        "log.warning('%s', a + 1)",
        "match a:\n case 1: b = c",
        "a = cast(b, c + d)",
        "a = b | c",
    ],
)
def test_what_is_left_alone(text: str) -> None:
    assert names(text) == []


CODE = """\
LIMIT = 3


class Box:
    size: int = 4

    @property
    def full(self) -> bool:
        return self.size >= LIMIT

    def grow(self, by=1):
        def more():
            return by + 1

        self.size += more()


async def wait(box):
    try:
        return box + 1
    except ValueError:
        return box + 1
"""


def found(what: str) -> Change:
    return next(change for change in changes("some.py", CODE) if change.name == what)


def test_a_change_has_a_name_of_its_own_and_its_place() -> None:
    listed = changes("some.py", CODE)
    assert len({change.name for change in listed}) == len(listed)
    first, second = found("wait: box + 1 -> box - 1"), found("wait: box + 1 -> box - 1 #2")
    assert (first.line, second.line) == (20, 22)
    assert found("module: 3 -> 4").line == 1
    assert found("Box: 4 -> 5").line == 5


def test_what_acts_at_import_belongs_to_no_function() -> None:
    for name in ("module: 3 -> 4", "Box: 4 -> 5", "Box: 1 -> 2"):
        assert found(name).function is None
    assert found("Box.full: self.size >= LIMIT -> self.size > LIMIT").function == ("Box.full", 7)
    assert found("Box.grow.more: by + 1 -> by - 1").function == ("Box.grow", 11)


def test_a_change_knows_the_lines_that_a_test_must_execute() -> None:
    assert list(found("Box.grow.more: by + 1 -> by - 1").lines) == [13]
    handler = found("wait: except ValueError: return box + 1 -> except ValueError: raise")
    assert list(handler.lines) == [21]
    compound = changes("some.py", "if (a and\n    b):\n    c = d")[0]
    assert list(compound.lines) == [1, 2]


def test_what_an_error_can_resume_is_executed_unseen() -> None:
    """Python 3.11 traces no line of a coroutine that a cancellation goes through."""
    assert list(found("wait: box + 1 -> box - 1").more) == list(range(18, 23))
    assert list(found("Box.grow.more: by + 1 -> by - 1").more) == []
    (change,) = changes("some.py", "def f():\n yield\n g(a)")
    assert list(change.more) == [1, 2, 3]


def test_the_code_has_the_one_change_and_the_next_one_has_it_not() -> None:
    def run(code: CodeType) -> dict[str, Any]:
        made: dict[str, Any] = {}
        exec(code, made)
        return made

    assert run(found("module: 3 -> 4").compiled())["LIMIT"] == 4
    listed = changes("some.py", CODE)
    for change in listed:
        change.compiled()
    made = run(next(one for one in listed if one.name == "Box: 4 -> 5").compiled())
    assert (made["LIMIT"], made["Box"].size, made["Box"]().full) == (3, 5, True)
