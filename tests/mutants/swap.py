"""Puts a change into this process: into the functions that are loaded, or into the next import."""

import gc
import importlib.util
import sys
from collections.abc import Iterable
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import CodeType, FunctionType, ModuleType

from tests.mutants.changes import Change
from tests.rigs.house import source


class NotLoaded(Exception):
    """The function cannot be changed where it is: the module must be imported with the change."""


class Loaded:
    """The functions of some files that are loaded now."""

    def __init__(self, paths: Iterable[str]) -> None:
        files = {str(source.ROOT / path) for path in paths}
        self._functions: dict[tuple[str, str, int], list[FunctionType]] = {}
        for each in gc.get_objects():
            if isinstance(each, FunctionType) and each.__code__.co_filename in files:
                self._functions.setdefault(_key(each.__code__), []).append(each)

    def put(self, change: Change) -> None:
        """Change the loaded function. Raises NotLoaded."""
        assert change.function is not None
        name, line = change.function
        key = (str(source.ROOT / change.path), name, line)
        code = next(code for code in _codes(change.compiled()) if _key(code) == key)
        loaded = self._functions.get(key, [])
        if not loaded:
            raise NotLoaded(change.name)
        for function in loaded:
            try:
                function.__code__ = code
            except ValueError as error:  # it closes over fewer names than before
                raise NotLoaded(change.name) from error


def _key(code: CodeType) -> tuple[str, str, int]:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _codes(code: CodeType) -> Iterable[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


class Import(MetaPathFinder):
    """Lets the changed module be imported with its change."""

    def __init__(self, change: Change) -> None:
        self._name = source.module(change.path)
        self._path = str(source.ROOT / change.path)
        self._code = change.compiled()

    def put(self) -> None:
        """From now on. The module must not have been imported."""
        assert self._name not in sys.modules
        sys.meta_path.insert(0, self)

    def find_spec(
        self, fullname: str, path: object = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """See MetaPathFinder."""
        if fullname != self._name:
            return None
        loader = _Changed(fullname, self._path)
        loader.code = self._code
        return importlib.util.spec_from_file_location(fullname, self._path, loader=loader)


class _Changed(SourceFileLoader):
    code: CodeType

    def get_code(self, fullname: str) -> CodeType:
        return self.code
