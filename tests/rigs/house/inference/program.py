"""Every class and function of the source, and what names mean in a module."""

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.rigs.house import source
from tests.rigs.house.inference.kinds import HELD, UNKNOWN, Kind, Kinds, one, short

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Class:
    """A class of ours."""

    name: str  # full
    module: str
    node: ast.ClassDef
    bases: list[str] = field(default_factory=list)  # full names, of others' too
    methods: dict[str, Function] = field(default_factory=dict)
    fields: dict[str, ast.expr] = field(default_factory=dict)  # annotations
    assigned: dict[str, list[tuple[Function, ast.expr]]] = field(default_factory=dict)


class Program:
    """The whole source."""

    def __init__(self) -> None:
        self.classes: dict[str, Class] = {}
        self.functions: dict[str, tuple[str, Function]] = {}  # of modules: module, node
        self.constants: dict[str, tuple[str, ast.expr | None, ast.expr | None]] = {}
        self.inferred: dict[tuple[str, str], Kinds] = {}  # by class and attribute
        self._full: dict[tuple[str, str], str] = {}
        self._results: dict[Function, Kinds] = {}
        self._annotations: dict[ast.expr, Kinds] = {}
        self._names: dict[str, dict[str, str]] = {}  # by module: what was imported as what
        for module, file in source.modules().items():
            self._read(module, source.tree(file))
        for known in self.classes.values():
            known.bases = [self.full(known.module, ast.unparse(b)) for b in _bases(known.node)]
        self._under: dict[str, set[str]] = {}
        for name in self.classes:
            for above in self.above(name):
                self._under.setdefault(above, set()).add(name)

    def _read(self, module: str, tree: ast.Module) -> None:
        names = self._names[module] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    known = alias.asname or alias.name.partition(".")[0]
                    names[known] = alias.name if alias.asname else known
            elif isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        for node in _statements(tree.body):
            if isinstance(node, ast.ClassDef):
                self._class(module, module, node)
            elif isinstance(node, Function):
                self.functions[f"{module}.{node.name}"] = module, node
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        self.constants[f"{module}.{target.id}"] = module, None, node.value
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                known = f"{module}.{node.target.id}"
                self.constants[known] = module, node.annotation, node.value

    def _class(self, module: str, inside: str, node: ast.ClassDef) -> None:
        found = self.classes[f"{inside}.{node.name}"] = Class(f"{inside}.{node.name}", module, node)
        for child in node.body:
            if isinstance(child, Function):
                found.methods[child.name] = child
                self._assigned(found, child)
            elif isinstance(child, ast.AnnAssign) and isinstance(child.target, ast.Name):
                found.fields[child.target.id] = child.annotation
            elif isinstance(child, ast.Assign):
                for target in child.targets:
                    if isinstance(target, ast.Name):
                        found.assigned.setdefault(target.id, [])
            elif isinstance(child, ast.ClassDef):
                self._class(module, found.name, child)

    @staticmethod
    def _assigned(found: Class, method: Function) -> None:
        for node in ast.walk(method):
            if isinstance(node, ast.AnnAssign) and _of_self(node.target):
                assert isinstance(node.target, ast.Attribute)
                found.fields.setdefault(node.target.attr, node.annotation)
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    for each, value in _pairs(target, node.value):
                        if _of_self(each):
                            assert isinstance(each, ast.Attribute)
                            found.assigned.setdefault(each.attr, []).append((method, value))

    def above(self, name: str) -> Iterator[str]:
        """A class, the classes it is made of, and theirs."""
        yield name
        for base in self.classes[name].bases if name in self.classes else ():
            yield from self.above(base)

    def under(self, name: str) -> set[str]:
        """The class and all classes made of it."""
        return self._under.get(name, {name})

    def full(self, module: str, written: str) -> str:
        """The full name of what a module writes; of others' names at least where they come from."""
        known = self._full.get((module, written))
        if known is None:
            known = self._full[module, written] = self._resolved(module, written)
        return known

    def _resolved(self, module: str, written: str) -> str:
        top, _, rest = written.partition(".")
        for known in (f"{module}.{top}", self._names.get(module, {}).get(top, "")):
            if known and (found := self._find(known)):
                return self._find(f"{found}.{rest}") or f"{found}.{rest}" if rest else found
        origin = self._names.get(module, {}).get(top, top)
        return f"{origin}.{rest}" if rest else origin

    def _find(self, name: str, depth: int = 0) -> str:
        """Follow names that packages import in order to pass them on."""
        if name in self.classes or name in self.functions or name in self.constants:
            return name
        if name in source.modules():
            return name
        module, _, last = name.rpartition(".")
        passed = self._names.get(module, {}).get(last)
        return self._find(passed, depth + 1) if passed and depth < 5 else ""

    def annotated(self, module: str, node: ast.expr | None) -> Kinds:
        """The types that an annotation means."""
        if node is None or (isinstance(node, ast.Constant) and node.value is None):
            return UNKNOWN
        if node not in self._annotations:
            self._annotations[node] = self._annotated(module, node)
        return self._annotations[node]

    def _annotated(self, module: str, node: ast.expr) -> Kinds:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self.annotated(module, ast.parse(node.value, mode="eval").body)
        if isinstance(node, ast.BinOp):
            return self.annotated(module, node.left) | self.annotated(module, node.right)
        if isinstance(node, ast.Subscript):
            return self._generic(module, node)
        if not isinstance(node, ast.Name | ast.Attribute):
            return UNKNOWN
        return self._named(module, ast.unparse(node))

    def _named(self, module: str, written: str) -> Kinds:
        name = self.full(module, written)
        if short(name) in ("Any", "object", "None", "TypeVar", "Self"):
            return UNKNOWN
        if name in self.constants:  # an alias of a type, or a type variable
            where, _, value = self.constants[name]
            if value is None or not isinstance(value, ast.Name | ast.Attribute | ast.Subscript):
                return self.annotated(where, value) if isinstance(value, ast.BinOp) else UNKNOWN
            return self.annotated(where, value)
        if name not in self.classes and hasattr(builtins, name):
            return one(name)
        return one(name) if name in self.classes or "." in name else UNKNOWN

    def _generic(self, module: str, node: ast.Subscript) -> Kinds:
        name = short(ast.unparse(node.value))
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        args = [self.annotated(module, each) for each in inner]
        if name == "Literal":
            return one("str")
        if name == "Callable":
            return one("callable", args[-1])
        if name in ("Awaitable", "Coroutine", "Task", "Future"):
            return one("coroutine", args[-1])
        if name in HELD:
            return args[0]
        if name == "type":
            return one("type", args[0])
        full = self.full(module, ast.unparse(node.value))
        return one(full if full in self.classes else name, *args)

    def result(self, module: str, function: Function) -> Kinds:
        """What a call of the function gives."""
        if function not in self._results:
            self._results[function] = self._result(module, function)
        return self._results[function]

    def _result(self, module: str, function: Function) -> Kinds:
        found = self.annotated(module, function.returns)
        names = {short(ast.unparse(each)) for each in function.decorator_list}
        if names & {"contextmanager", "asynccontextmanager"}:
            return frozenset(arg for kind in found for args in kind.args[:1] for arg in args)
        generator = any(short(kind.name).startswith("Async") for kind in found)
        if isinstance(function, ast.AsyncFunctionDef) and not generator:
            return one("coroutine", found)
        return found

    def member(self, kind: Kind, name: str) -> tuple[str, Function | ast.expr | None] | None:
        """The class of ours that has this member, and its method or annotation; None: none has."""
        for above in self.above(kind.name):
            known = self.classes.get(above)
            if known is None:
                continue
            if name in known.methods:
                return above, known.methods[name]
            if name in known.fields:
                return above, known.fields[name]
            if name in known.assigned:
                return above, None
        return None


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements of a module, also those under `if` and `try`."""
    for node in body:
        yield node
        if isinstance(node, ast.If | ast.Try):
            yield from _statements([*node.body, *node.orelse])


def _bases(node: ast.ClassDef) -> Iterator[ast.expr]:
    for base in node.bases:
        yield base.value if isinstance(base, ast.Subscript) else base


def _of_self(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    )


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Targets and values of an assignment, one by one where both are tuples."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        if len(target.elts) == len(value.elts):
            for each, its in zip(target.elts, value.elts, strict=True):
                yield from _pairs(each, its)
    else:
        yield target, value
