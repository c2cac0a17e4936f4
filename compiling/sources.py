"""Which sources are compiled."""

import ast
from collections.abc import Iterable
from pathlib import Path
from typing import Final

# What a worker runs for each request. Folders without those below them, unless `**` says so.
PATTERNS: Final = (
    "chassis/breaker/*.py",
    "facade/http1/**/*.py",
    "facade/proxy/**/*.py",
    "facade/routes/config/*.py",
    "facade/routes/limits/*.py",
    "facade/routes/matching/*.py",
    "facade/routes/*.py",  # `file/` reads the route file, once for each reload
)
# Stay Python: the reason.
NOT_COMPILED: Final = {
    "chassis/breaker/guard.py": "its exception is a ConnectionError, which no C class can extend",
    "chassis/breaker/metrics.py": "for Prometheus, in a service: no worker imports it",
    "facade/routes/config/routefile.py": "its rules are pickled; a frozen C class is not unpickled",
    "facade/routes/config/walkfile.py": "the control process keeps its classes by pydantic",
    "chassis/breaker/toward_legacy.py": "settings of a service: no worker imports it",
}
OURS: Final = ("chassis", "contracts", "facade")


def compiled(root: Path) -> list[str]:
    """The sources to compile, as paths below the root, sorted; maps of folders hold no code."""
    found = {
        path.relative_to(root).as_posix()
        for pattern in PATTERNS
        for path in root.glob(pattern)
        if path.name != "__init__.py"
    }
    return sorted(found - NOT_COMPILED.keys())


def read(root: Path, sources: Iterable[str]) -> list[str]:
    """The sources of ours that these import and that are not among them.

    mypyc writes the constants of an imported module into the importing one.
    """
    names = set(sources)
    found = {path for name in names for path in _imported(root, name)}
    return sorted(found - names)


def _imported(root: Path, name: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse((root / name).read_bytes())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for module in names:
            path = f"{module.replace('.', '/')}.py"
            if module.partition(".")[0] in OURS and (root / path).exists():
                found.add(path)
    return found
