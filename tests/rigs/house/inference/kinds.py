"""Types as far as the rules need them: a name with arguments; alternatives are a set."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One type: a class of ours by its full name ("facade.routes.table.Route"), or another's name.

    "type" is a class as a value, "callable" what returns its argument, "module" a module.
    """

    name: str
    args: tuple["Kinds", ...] = ()


Kinds = frozenset[Kind]
UNKNOWN: Kinds = frozenset()

ROWS = {"list", "tuple", "set", "frozenset", "deque", "Sequence", "MutableSequence", "Iterable"}
ROWS |= {"Iterator", "Collection", "Set", "AsyncIterator", "AsyncIterable", "Generator"}
ROWS |= {"AbstractSet", "KeysView", "ValuesView", "AsyncGenerator", "Reversible"}
MAPS = {"dict", "Mapping", "MutableMapping", "defaultdict", "OrderedDict", "Counter"}
MAPS |= {"MappingProxyType", "WeakKeyDictionary", "WeakValueDictionary"}
HELD = {"Awaitable", "Coroutine", "Task", "Future", "Final", "ClassVar", "Annotated", "Optional"}
HELD |= {"AbstractContextManager", "AbstractAsyncContextManager", "Event"}


def one(name: str, *args: Kinds) -> Kinds:
    """The set of one type."""
    return frozenset({Kind(name, args)})


def short(name: str) -> str:
    """The last part of a dotted name."""
    return name.rpartition(".")[2]


def element(kinds: Kinds) -> Kinds:
    """What an iteration gives."""
    found: set[Kind] = set()
    for kind in kinds:
        if short(kind.name) in MAPS and kind.args:
            found |= kind.args[0]
        elif short(kind.name) in ROWS:
            for arg in kind.args:
                found |= arg
        elif kind.name in ("str", "bytes"):
            found.add(kind)
    return frozenset(found)


def item(kinds: Kinds, index: int | None) -> Kinds:
    """What a subscript gives; `index` where it is a number that stands there."""
    found: set[Kind] = set()
    for kind in kinds:
        name = short(kind.name)
        if name in MAPS and len(kind.args) == 2:
            found |= kind.args[1]
        elif name == "tuple" and index is not None and -len(kind.args) <= index < len(kind.args):
            found |= kind.args[index]
        elif name in ROWS:
            found |= element(frozenset({kind}))
        elif kind.name in ("str", "bytes"):
            found.add(kind)
    return frozenset(found)


def returned(kinds: Kinds) -> Kinds:
    """What a call of it gives."""
    found: set[Kind] = set()
    for kind in kinds:
        if kind.name in ("callable", "type") and kind.args:
            found |= kind.args[-1]
    return frozenset(found)


def awaited(kinds: Kinds) -> Kinds:
    """What `await` gives."""
    found: set[Kind] = set()
    for kind in kinds:
        if kind.name == "coroutine" and kind.args:
            found |= kind.args[-1]
        else:
            found.add(kind)
    return frozenset(found)
