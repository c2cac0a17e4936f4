"""Every change of a file: its name, which outlives other edits of the file, its lines, its code."""

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import CodeType

from tests.mutants import operators
from tests.rigs.house import source

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
LOGS = {"log", "logger", "logging", "warnings"}
TEST_OF = (ast.If, ast.While, ast.IfExp)
SHORT = 72  # characters of a change's name on either side


@dataclass(frozen=True)
class Change:
    """One change of one file."""

    path: str
    place: str  # the qualified name of the function or class; "" at the top of the module
    what: str  # "x < 1 -> x <= 1"; "#2" follows the second of the same in one place
    line: int
    lines: range  # those of its statement
    more: range  # in which a test may execute it unseen, see _resumed
    function: tuple[str, int] | None  # the outermost function's name and line, where it has one
    _swap: Callable[[ast.AST], None] = field(repr=False)
    _tree: ast.Module = field(repr=False)
    _old: ast.AST = field(repr=False)
    _new: ast.AST = field(repr=False)

    @property
    def name(self) -> str:
        """Unique in its file."""
        return f"{self.place or 'module'}: {self.what}"

    def compiled(self) -> CodeType:
        """The module with this change."""
        self._swap(self._new)
        try:
            ast.fix_missing_locations(self._tree)
            return compile(self._tree, str(source.ROOT / self.path), "exec", dont_inherit=True)
        finally:
            self._swap(self._old)


def changes(path: str, text: str | None = None) -> list[Change]:
    """All changes of a file, or of this text in its place, from the first line to the last."""
    return list(_Walk(path, source.text(path) if text is None else text).module())


class _Walk:
    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._tree = ast.parse(text)
        self._names: list[str] = []
        self._function: tuple[str, int] | None = None
        self._statement = self._more = range(0)
        self._seen: Counter[str] = Counter()

    def module(self) -> Iterator[Change]:
        for index, statement in enumerate(self._tree.body):
            yield from self._at(statement, _item(self._tree.body, index))

    def _at(self, node: ast.AST, swap: Callable[[ast.AST], None]) -> Iterator[Change]:
        if _skipped(node):
            return
        if isinstance(node, ast.stmt | ast.ExceptHandler):
            self._statement = _lines(node)
        for new in operators.alternatives(node):
            yield self._change(node, new, swap)
        if isinstance(node, TEST_OF):
            for new in operators.negated(node.test):
                yield self._change(node.test, new, _attribute(node, "test"))
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            yield from self._defined(node)
        else:
            yield from self._inside(node)

    def _defined(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    ) -> Iterator[Change]:
        if isinstance(node, FUNCTIONS):  # defaults are evaluated where the function is defined
            yield from self._inside(node.args)
        outer, function = self._names, self._function
        self._names = [*outer, node.name]
        if isinstance(node, FUNCTIONS) and function is None:
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            self._function = (".".join(self._names), first)
            self._more = _resumed(node)
        for index, statement in enumerate(node.body):
            yield from self._at(statement, _item(node.body, index))
        self._names, self._function = outer, function
        if function is None:
            self._more = range(0)

    def _inside(self, node: ast.AST) -> Iterator[Change]:
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list", "pattern"):
                continue
            if isinstance(value, ast.AST):
                yield from self._at(value, _attribute(node, name))
            elif isinstance(value, list):
                for index, each in enumerate(value):
                    if isinstance(each, ast.AST):
                        yield from self._at(each, _item(value, index))

    def _change(self, old: ast.AST, new: ast.AST, swap: Callable[[ast.AST], None]) -> Change:
        place = ".".join(self._names)
        what = f"{_shown(old)} -> {_shown(new)}"
        self._seen[f"{place}: {what}"] += 1
        times = self._seen[f"{place}: {what}"]
        return Change(
            path=self._path,
            place=place,
            what=what if times == 1 else f"{what} #{times}",
            line=old.lineno,  # type: ignore[attr-defined]
            lines=self._statement,
            more=self._more,
            function=self._function,
            _swap=swap,
            _tree=self._tree,
            _old=old,
            _new=new,
        )


def _skipped(node: ast.AST) -> bool:
    match node:
        case ast.JoinedStr() | ast.Assert() | ast.Import() | ast.ImportFrom():
            return True
        case ast.AnnAssign(annotation=ast.Name(id="TypeAlias")):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
            return name in LOGS
        case ast.Call(func=ast.Name(id="cast" | "TypeVar")):
            return True
    return False


def _lines(node: ast.stmt | ast.ExceptHandler) -> range:
    """The statement's own lines: of one with a body, those before the body."""
    body = getattr(node, "body", None)
    end = node.end_lineno or node.lineno
    return range(node.lineno, max(node.lineno, body[0].lineno - 1 if body else end) + 1)


def _resumed(function: ast.FunctionDef | ast.AsyncFunctionDef) -> range:
    """The lines of a function that can be gone on with by an error (a cancellation; the end of a
    `with`): what it executes then, the tracing of Python 3.11 does not see. Else none."""
    yields = (ast.Yield, ast.YieldFrom)
    if isinstance(function, ast.AsyncFunctionDef) or any(
        isinstance(node, yields) for node in ast.walk(function)
    ):
        return range(function.lineno, (function.end_lineno or function.lineno) + 1)
    return range(0)


def _shown(node: ast.AST) -> str:
    text = ast.unparse(ast.fix_missing_locations(node)).split("\n")
    first = " ".join(line.strip() for line in text[:2])
    return first if len(first) <= SHORT else f"{first[: SHORT - 3]}..."


def _attribute(node: ast.AST, name: str) -> Callable[[ast.AST], None]:
    return lambda new: setattr(node, name, new)


def _item(among: list[ast.AST] | list[ast.stmt], index: int) -> Callable[[ast.AST], None]:
    return lambda new: among.__setitem__(index, new)  # type: ignore[call-overload]
