"""Which files of the tree are deleted with the monolith, and which tests need what is deleted."""

import ast
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[3]
GOES = (
    *("legacy_monolith", "new_services.anticorruption", "new_services.feed", "migrations.legacy"),
    *("fig.stack.legacy_side", "fig.commands.data.feed"),
)
# A program of theirs, or one of their files, that a test names.
_NAMED = re.compile(rf"\b(?:{'|'.join(one.replace('.', '[./]') for one in GOES)})\b")
_OURS = ("tests/", "loadtests/")
# A test file that says so itself; a single test is left out by its mark when the tests run.
_MARKED = re.compile(r"^pytestmark = .*\bmark\.legacy\b", re.MULTILINE)
# Rules that speak of the whole tree hold there.
_WHOLE = ("tests/unit/house/", "tests/rigs/alone/")


def goes(module: str) -> bool:
    """Whether this module is deleted with the monolith."""
    return any(module == one or module.startswith(f"{one}.") for one in GOES)


def module_of(name: str) -> str:
    """The module of a file: "facade/routes/table.py" is "facade.routes.table"."""
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def files(root: Path) -> tuple[str, ...]:
    """Of the tree, as paths from its root: what git knows of."""
    found = subprocess.run(
        ["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True
    )
    return tuple(name for name in found.stdout.split("\n") if name and (root / name).exists())


def deleted(names: Iterable[str]) -> set[str]:
    """The files that go with the monolith; all of a package, not its Python files alone."""
    folders = tuple(f"{one.replace('.', '/')}/" for one in GOES)
    return {name for name in names if name.startswith(folders) or goes(module_of(name))}


def needing(root: Path, names: Iterable[str]) -> Mapping[str, str]:
    """Tests, their rigs and benches that need what goes, each with the reason.

    By all that they import, also inside of functions. Sources ask late for what goes, and stay.
    """
    code = [name for name in names if name.endswith(".py")]
    gone, known = deleted(code), {module_of(name): name for name in code}
    uses = {
        name: frozenset(_imported(ast.parse((root / name).read_text(encoding="utf-8")).body))
        for name in code
        if name.startswith(_OURS)
    }
    need = {name: why for name, used in uses.items() if (why := _itself(root, name, used))}
    while more := dict(_through(uses, known, {*gone, *need})):
        need |= more
    return need


def _itself(root: Path, name: str, used: Iterable[str]) -> str:
    """Why a file needs what goes by itself; "" if it does not."""
    if name.startswith(_WHOLE):
        return "it is about the whole tree"
    found = sorted(one for one in used if goes(one))
    if found or not name.startswith("tests/"):
        return f"uses {found[0]}" if found else ""
    text = (root / name).read_text(encoding="utf-8")
    if _MARKED.search(text):
        return "is marked"
    found = sorted(_named(text))
    return f"names {found[0]}" if found else ""


def _through(
    uses: Mapping[str, Iterable[str]], known: Mapping[str, str], bad: set[str]
) -> Iterator[tuple[str, str]]:
    """Those that import one of `bad`, or stand under a conftest among them."""
    for name, used in uses.items():
        beside = (f"{folder}/conftest.py" for folder in Path(name).parents)
        through = [one for one in (*(known.get(one, "") for one in used), *beside) if one in bad]
        if name not in bad and through:
            yield name, f"through {through[0]}"


def _imported(code: Iterable[ast.AST]) -> Iterator[str]:
    """The modules that statements import, and what they import of them."""
    for node in code:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        for part in ("body", "orelse", "finalbody", "handlers"):
            inner = getattr(node, part, ())
            yield from _imported(inner if isinstance(inner, list) else ())


def _named(text: str) -> Iterator[str]:
    """What goes and is named in a text; what a docstring says of it does not count."""
    if not _NAMED.search(text):
        return
    code = ast.parse(text)
    docs = {id(node.value) for node in ast.walk(code) if isinstance(node, ast.Expr)}
    for node in ast.walk(code):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield from _NAMED.findall(node.value)
