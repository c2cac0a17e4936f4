"""The type of an expression, inside of one function or one module."""

import ast

from tests.rigs.house.inference.kinds import (
    MAPS,
    UNKNOWN,
    Kind,
    Kinds,
    awaited,
    element,
    item,
    one,
    returned,
    short,
)
from tests.rigs.house.inference.program import Class, Function, Program

# Methods and functions of Python itself that pass on what they are given.
SAME_ROWS = {"sorted", "list", "tuple", "set", "frozenset", "reversed", "iter", "deque"}
FIRST = {"next", "anext", "min", "max", "sum", "choice"}
OWN = {"replace", "copy", "deepcopy", "shield", "ensure_future", "create_task", "gather"}
PLAIN = {
    "str",
    "int",
    "float",
    "bytes",
    "bool",
    "len",
    "round",
    "abs",
    "repr",
    "sum",
    "hash",
    "ord",
}
MAP_ROWS = {"items", "values", "keys"}


class Scope:
    """Names and their types. Flow is not followed: a name has every type it is ever given."""

    def __init__(self, program: Program, module: str, owner: str | None = None) -> None:
        self.program, self.module, self.owner = program, module, owner
        self.names: dict[str, Kinds] = {}

    def learn(self, name: str, kinds: Kinds) -> None:
        """One more type of a name."""
        self.names[name] = self.names.get(name, UNKNOWN) | kinds

    def enter(self, function: Function) -> None:
        """Learn the types of the arguments."""
        given = function.args
        for arg in (*given.posonlyargs, *given.args, *given.kwonlyargs):
            self.learn(arg.arg, self.program.annotated(self.module, arg.annotation))
        if given.vararg:
            rows = self.program.annotated(self.module, given.vararg.annotation)
            self.learn(given.vararg.arg, one("tuple", rows))
        first = (*given.posonlyargs, *given.args)[:1]
        if self.owner and first and first[0].arg == "self":
            self.names["self"] = one(self.owner)
        elif self.owner and first and first[0].arg == "cls":
            self.names["cls"] = one("type", one(self.owner))

    def bind(self, target: ast.expr, kinds: Kinds) -> None:
        """Learn what an assignment or a loop gives its target."""
        if isinstance(target, ast.Name):
            self.learn(target.id, kinds)
        elif isinstance(target, ast.Tuple | ast.List):
            for index, each in enumerate(target.elts):
                if isinstance(each, ast.Starred):
                    self.bind(each.value, one("list", element(kinds)))
                else:
                    self.bind(each, self._part(kinds, index))

    def _part(self, kinds: Kinds, index: int) -> Kinds:
        found = item(kinds, index)
        for kind in kinds:  # a named tuple
            known = self.program.classes.get(kind.name)
            if known is not None and index < len(known.fields):
                annotation = list(known.fields.values())[index]
                found |= self.program.annotated(known.module, annotation)
        return found

    def of(self, node: ast.expr | None) -> Kinds:
        """The types of an expression; UNKNOWN: not known."""
        if node is None:
            return UNKNOWN
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        return method(node) if method else UNKNOWN

    def _name(self, node: ast.Name) -> Kinds:
        return self.names[node.id] if node.id in self.names else self._global(node.id)

    def _global(self, written: str) -> Kinds:
        program = self.program
        name = program.full(self.module, written)
        if name in program.classes:
            return one("type", one(name))
        if name in program.functions:
            module, function = program.functions[name]
            return one("callable", program.result(module, function))
        if name in program.constants:
            return self._constant_of(name)
        return one(f"module:{name}")

    def _constant_of(self, name: str) -> Kinds:
        module, annotation, value = self.program.constants[name]
        if annotation is not None:
            return self.program.annotated(module, annotation)
        known = self.program.inferred
        if ("", name) not in known:
            known["", name] = UNKNOWN
            known["", name] = Scope(self.program, module).of(value)
        return known["", name]

    def _attribute(self, node: ast.Attribute) -> Kinds:
        found: Kinds = UNKNOWN
        for kind in self.of(node.value):
            if kind.name.startswith("module:"):
                found |= self._global(ast.unparse(node))
            else:
                found |= self.member(kind, node.attr)
        return found

    def member(self, kind: Kind, name: str) -> Kinds:
        """The types of an attribute of this type."""
        program = self.program
        owner = next(iter(kind.args[0])) if kind.name == "type" and kind.args[0] else kind
        known = program.member(owner, name)
        if known is None:
            return UNKNOWN
        where, what = program.classes[known[0]], known[1]
        if isinstance(what, Function):
            result = program.result(where.module, what)
            names = {short(ast.unparse(each)) for each in what.decorator_list}
            return result if names & {"property", "cached_property"} else one("callable", result)
        if what is not None:
            return program.annotated(where.module, what)
        return self._assigned(where, name)

    def _assigned(self, where: Class, name: str) -> Kinds:
        """Of an attribute without annotation: the types of what its class assigns to it."""
        known = self.program.inferred
        if (where.name, name) in known:
            return known[where.name, name]
        known[where.name, name] = UNKNOWN  # it may be computed from itself
        found: Kinds = UNKNOWN
        for method, value in where.assigned[name]:
            inside = Scope(self.program, where.module, where.name)
            inside.enter(method)
            found |= inside.of(value)
        known[where.name, name] = found
        return found

    def _call(self, node: ast.Call) -> Kinds:
        function, args = node.func, node.args
        name = function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)
        found = returned(self.of(function))
        if found:
            return found
        if isinstance(function, ast.Attribute) and (of_map := self._of_map(function)):
            return of_map
        first = self.of(args[0]) if args else UNKNOWN
        if name in SAME_ROWS and args:
            return one("list", element(first))
        if name == "enumerate":
            return one("list", one("tuple", one("int"), element(first)))
        if name == "zip":
            return one("list", one("tuple", *(element(self.of(each)) for each in args)))
        if name in FIRST and args:
            many = UNKNOWN if len(args) == 1 else frozenset[Kind]().union(*map(self.of, args))
            return element(first) | many
        if name == "cast" and len(args) == 2:
            return self.program.annotated(self.module, args[0])
        if name in OWN and args:
            return first
        if name == "dict" and args:
            return first
        return one(name) if name in PLAIN else self._external(function)

    def _external(self, function: ast.expr) -> Kinds:
        """An instance of another's class, if it looks like a class."""
        for kind in self.of(function):
            if kind.name.startswith("module:") and short(kind.name)[:1].isupper():
                return one(kind.name.removeprefix("module:"))
        return UNKNOWN

    def _of_map(self, function: ast.Attribute) -> Kinds:
        """What the methods of dictionaries and lists give."""
        base, name = self.of(function.value), function.attr
        for kind in base:
            if short(kind.name) in MAPS and len(kind.args) == 2:
                if name == "items":
                    return one("list", one("tuple", *kind.args))
                if name in ("values", "get", "pop", "setdefault"):
                    return one("list", kind.args[1]) if name == "values" else kind.args[1]
                return one("list", kind.args[0]) if name == "keys" else UNKNOWN
            if name in ("pop", "popleft") and kind.args:
                return element(base)
            if name in ("copy", "union") and kind.args:
                return base
        if any(kind.name in ("str", "bytes") for kind in base):
            return base if name not in ("split", "splitlines") else one("list", base)
        return UNKNOWN

    def _subscript(self, node: ast.Subscript) -> Kinds:
        base = self.of(node.value)
        if isinstance(node.slice, ast.Slice):
            return base
        index = node.slice.value if isinstance(node.slice, ast.Constant) else None
        return item(base, index if isinstance(index, int) else None)

    def _await(self, node: ast.Await) -> Kinds:
        return awaited(self.of(node.value))

    def _ifexp(self, node: ast.IfExp) -> Kinds:
        return self.of(node.body) | self.of(node.orelse)

    def _boolop(self, node: ast.BoolOp) -> Kinds:
        return frozenset[Kind]().union(*map(self.of, node.values))

    def _binop(self, node: ast.BinOp) -> Kinds:
        return self.of(node.left) | self.of(node.right)

    def _namedexpr(self, node: ast.NamedExpr) -> Kinds:
        return self.of(node.value)

    def _starred(self, node: ast.Starred) -> Kinds:
        return element(self.of(node.value))

    def _constant(self, node: ast.Constant) -> Kinds:
        return UNKNOWN if node.value is None else one(type(node.value).__name__)

    def _joinedstr(self, _node: ast.JoinedStr) -> Kinds:
        return one("str")

    def _compare(self, _node: ast.Compare) -> Kinds:
        return one("bool")

    def _list(self, node: ast.List) -> Kinds:
        return one("list", frozenset[Kind]().union(*map(self.of, node.elts)))

    _set = _list

    def _tuple(self, node: ast.Tuple) -> Kinds:
        return one("tuple", *map(self.of, node.elts))

    def _dict(self, node: ast.Dict) -> Kinds:
        keys = frozenset[Kind]().union(*(self.of(each) for each in node.keys))
        return one("dict", keys, frozenset[Kind]().union(*map(self.of, node.values)))

    def _listcomp(self, node: ast.ListComp | ast.GeneratorExp) -> Kinds:
        return one("list", self.of(node.elt))

    _generatorexp = _setcomp = _listcomp

    def _dictcomp(self, node: ast.DictComp) -> Kinds:
        return one("dict", self.of(node.key), self.of(node.value))

    def _lambda(self, node: ast.Lambda) -> Kinds:
        return one("callable", self.of(node.body))
