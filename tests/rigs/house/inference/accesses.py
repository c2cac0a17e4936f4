"""What all functions of the source do with attributes of classes, and with the names of modules."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tests.rigs.house import source
from tests.rigs.house.inference.expressions import Scope
from tests.rigs.house.inference.kinds import Kinds, element, one
from tests.rigs.house.inference.program import Function, Program

TEACHING = (ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.For, ast.AsyncFor, ast.comprehension)
TEACHING += (ast.withitem, ast.ExceptHandler, ast.MatchAs, ast.Call)
# Methods that change the collection they are called on.
CHANGING = {
    "add",
    "append",
    "extend",
    "update",
    "setdefault",
    "insert",
    "appendleft",
    "__setitem__",
}
PASSES = 3  # names that are learned from names that are learned from names


@dataclass(frozen=True)
class Access:
    """One attribute that is read ("read"), replaced ("write") or changed in place ("change")."""

    owner: str  # full name of the class that has it; "?" where the type is not known
    name: str
    how: str
    file: str
    function: str  # "Class.method" or "function"; "" at the top of a module
    line: int


@dataclass(frozen=True)
class Built:
    """A field that is given a value where an object is made."""

    owner: str
    name: str
    value: ast.expr
    file: str
    function: str


@dataclass
class Found:
    """All accesses, all fields given, and the module-level names that are used."""

    program: Program
    accesses: list[Access]
    built: list[Built]
    used: set[tuple[str, str]]  # full name of a function or class, and the definition using it
    mapped: set[str]  # classes made of a mapping: Model(**fields), Model.model_validate(fields)
    unpacked: set[tuple[str, str]]  # class whose object is given to asdict(), and the file


@cache
def everything() -> Found:
    """Of the whole source, read once."""
    found = Found(Program(), [], [], set(), set(), set())
    for module, file in source.modules().items():
        _Module(found, module, file).walk()
    return found


class _Module:
    def __init__(self, found: Found, module: str, file: str) -> None:
        self._found, self._module, self._file = found, module, file
        self._program = found.program

    def walk(self) -> None:
        self._body(source.tree(self._file).body, None, "")

    def _body(self, body: list[ast.stmt], owner: str | None, inside: str) -> None:
        rest: list[ast.AST] = []
        for node in body:
            if isinstance(node, Function):
                self._function(node, owner, f"{inside}{node.name}")
            elif isinstance(node, ast.ClassDef):
                name = f"{owner or self._module}.{node.name}"
                self._body(node.body, name, f"{inside}{node.name}.")
                rest += [*node.bases, *node.decorator_list, *node.keywords]
            else:
                rest.append(node)
        scope = Scope(self._program, self._module, owner)
        self._record(rest, scope, inside.rstrip("."))
        if owner is not None:  # a method that stands under a second name, or in a table
            for each in (each for node in rest for each in ast.walk(node)):
                if isinstance(each, ast.Name) and each.id in self._program.classes[owner].methods:
                    self._add(owner, each.id, "read", inside.rstrip("."), each.lineno)

    def _function(self, node: Function, owner: str | None, inside: str) -> None:
        scope = Scope(self._program, self._module, owner)
        for each in ast.walk(node):
            if isinstance(each, Function):
                scope.enter(each)
        self._record([node], scope, inside)

    def _record(self, nodes: list[ast.AST], scope: Scope, inside: str) -> None:
        all_nodes = [each for node in nodes for each in ast.walk(node)]
        teaching = [each for each in all_nodes if isinstance(each, TEACHING)]
        for _ in range(PASSES):
            for each in teaching:
                _learn(each, scope)
        second = dict(_second_names(teaching))
        for each in all_nodes:
            if isinstance(each, ast.Attribute):
                self._attribute(each, scope, inside)
            elif isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load):
                self._used(self._program.full(self._module, each.id), inside)
            elif isinstance(each, ast.Call):
                self._call(each, scope, inside)
            elif isinstance(each, ast.MatchClass):
                kinds = self._program.annotated(self._module, each.cls)
                for attr in each.kwd_attrs:
                    self._access(kinds, attr, "read", inside, each.lineno)
            elif (changed := _changed(each, second)) is not None:
                kinds = scope.of(changed.value)
                self._access(kinds, changed.attr, "change", inside, changed.lineno)
            elif isinstance(each, ast.Constant) and isinstance(each.value, str):
                self._annotation(each.value, inside)

    def _annotation(self, text: str, inside: str) -> None:
        """A name in quotes may be an annotation."""
        if text.isidentifier():
            self._used(self._program.full(self._module, text), inside)

    def _attribute(self, node: ast.Attribute, scope: Scope, inside: str) -> None:
        kinds = scope.of(node.value)
        how = "read" if isinstance(node.ctx, ast.Load) else "write"
        for kind in kinds:
            if kind.name.startswith("module:"):
                self._used(self._program.full(self._module, ast.unparse(node)), inside)
        self._access(kinds, node.attr, how, inside, node.lineno)

    def _access(self, kinds: Kinds, name: str, how: str, inside: str, line: int) -> None:
        if not kinds:
            self._add("?", name, how, inside, line)
        for kind in kinds:
            owner = next(iter(kind.args[0])) if kind.name == "type" and kind.args[0] else kind
            known = self._program.member(owner, name)
            self._add(known[0] if known else owner.name, name, how, inside, line)

    def _add(self, owner: str, name: str, how: str, inside: str, line: int) -> None:
        self._found.accesses.append(Access(owner, name, how, self._file, inside, line))

    def _used(self, name: str, inside: str) -> None:
        self._found.used.add((name, f"{self._module}.{inside}"))

    def _call(self, node: ast.Call, scope: Scope, inside: str) -> None:
        function = node.func
        if (
            isinstance(function, ast.Attribute)
            and isinstance(function.value, ast.Attribute)
            and function.attr in CHANGING
        ):
            kinds = scope.of(function.value.value)
            self._access(kinds, function.value.attr, "change", inside, node.lineno)
        if isinstance(node.func, ast.Name) and node.func.id in ("getattr", "setattr", "hasattr"):
            name = node.args[1]
            if isinstance(name, ast.Constant):
                kinds = scope.of(node.args[0])
                self._access(kinds, str(name.value), "read", inside, node.lineno)
            return
        if isinstance(function, ast.Attribute) and function.attr == "model_validate":
            made_of = scope.of(function.value)
            self._found.mapped |= {each.name for kind in made_of for each in kind.args[0]}
        if isinstance(function, ast.Name):
            known = self._program.functions.get(self._program.full(self._module, function.id))
            for index in _changed_arguments(known[1]) if known else ():
                if index < len(node.args) and isinstance(arg := node.args[index], ast.Attribute):
                    self._access(scope.of(arg.value), arg.attr, "change", inside, node.lineno)
        if isinstance(function, ast.Name) and function.id == "asdict":
            self._found.unpacked |= {(kind.name, self._file) for kind in scope.of(node.args[0])}
        for kind in scope.of(node.func):
            if kind.name != "type" or not kind.args[0]:
                continue
            made = next(iter(kind.args[0])).name
            if any(keyword.arg is None for keyword in node.keywords):
                self._found.mapped.add(made)
            if made in self._program.classes:
                for name, value in self._given(made, node):
                    self._found.built.append(Built(made, name, value, self._file, inside))

    def _given(self, made: str, node: ast.Call) -> Iterator[tuple[str, ast.expr]]:
        names = [
            name
            for above in reversed(list(self._program.above(made)))
            if above in self._program.classes
            for name in self._program.classes[above].fields
        ]
        yield from zip(names, node.args, strict=False)
        yield from ((each.arg, each.value) for each in node.keywords if each.arg)


def _second_names(nodes: list[ast.AST]) -> Iterator[tuple[str, ast.Attribute]]:
    """Names that an attribute is known by for a while: `shed = asked.shed`."""
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id, node.value


def _changed(node: ast.AST, second: dict[str, ast.Attribute]) -> ast.Attribute | None:
    """The attribute that is counted up, or a part of which is replaced."""
    target = node.target if isinstance(node, ast.AugAssign) else node
    if isinstance(target, ast.Subscript) and isinstance(target.ctx, ast.Store):
        target = target.value
        if isinstance(target, ast.Name):
            return second.get(target.id)
    elif not isinstance(node, ast.AugAssign):
        return None
    return target if isinstance(target, ast.Attribute) else None


@cache
def _changed_arguments(function: Function) -> tuple[int, ...]:
    """Which arguments a function changes in place."""
    stored = {
        node.value.id
        for node in ast.walk(function)
        if isinstance(node, ast.Subscript)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
    }
    return tuple(i for i, arg in enumerate(function.args.args) if arg.arg in stored)


def _learn(node: ast.AST, scope: Scope) -> None:
    """What a statement says of names."""
    program, module = scope.program, scope.module
    if isinstance(node, ast.Assign):
        for target in node.targets:
            scope.bind(target, scope.of(node.value))
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        scope.learn(node.target.id, program.annotated(module, node.annotation))
    elif isinstance(node, ast.NamedExpr):
        scope.bind(node.target, scope.of(node.value))
    elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        scope.bind(node.target, element(scope.of(node.iter)))
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        scope.bind(node.optional_vars, _entered(scope, scope.of(node.context_expr)))
    elif isinstance(node, ast.ExceptHandler) and node.name:
        caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        for each in caught:
            scope.learn(node.name, program.annotated(module, each))
    elif isinstance(node, ast.MatchAs) and node.name and isinstance(node.pattern, ast.MatchClass):
        scope.learn(node.name, program.annotated(module, node.pattern.cls))
    elif isinstance(node, ast.Call):
        _learn_of_call(node, scope)


def _learn_of_call(node: ast.Call, scope: Scope) -> None:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name == "isinstance" and len(node.args) == 2 and isinstance(node.args[0], ast.Name):
        scope.learn(node.args[0].id, scope.program.annotated(scope.module, node.args[1]))
    for keyword in node.keywords:
        if keyword.arg == "key" and isinstance(keyword.value, ast.Lambda) and node.args:
            args = keyword.value.args.args
            if args:
                scope.learn(args[0].arg, element(scope.of(node.args[0])))


def _entered(scope: Scope, kinds: Kinds) -> Kinds:
    found: Kinds = frozenset()
    for kind in kinds:
        for enter in ("__enter__", "__aenter__"):
            known = scope.program.member(kind, enter)
            if known and isinstance(known[1], Function):
                where = scope.program.classes[known[0]].module
                result = scope.program.result(where, known[1])
                inner = [
                    arg for each in result if each.name == "coroutine" for arg in each.args[-1]
                ]
                found |= frozenset(inner) or result or one(kind.name)
    return found or kinds
