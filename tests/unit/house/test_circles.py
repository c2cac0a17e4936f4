"""No circle of files: nobody can read, test or move one of them without all the others.

An import for types alone counts too: it says that the one cannot be understood without the other.
"""

from collections.abc import Iterator

from tests.rigs.house.source import imports, modules


def circles(graph: dict[str, frozenset[str]]) -> Iterator[list[str]]:
    """The strongly connected components of more than one module, each sorted (Tarjan)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []

    def visit(one: str) -> Iterator[list[str]]:
        index[one] = low[one] = len(index)
        stack.append(one)
        for other in graph[one]:
            if other not in index:
                yield from visit(other)
                low[one] = min(low[one], low[other])
            elif other in stack:
                low[one] = min(low[one], index[other])
        if low[one] == index[one]:
            at = stack.index(one)
            found = sorted(stack[at:])
            del stack[at:]
            if len(found) > 1:
                yield found

    for one in graph:
        if one not in index:
            yield from visit(one)


def test_a_circle_is_found() -> None:
    one, two = frozenset({"b"}), frozenset({"a", "c"})
    graph = {"a": one, "b": two, "c": frozenset[str](), "d": one}
    assert list(circles(graph)) == [["a", "b"]]


def test_no_circle_of_files() -> None:
    found = list(circles({name: imports(file) for name, file in modules().items()}))
    assert not found, "\n".join(
        f"these import each other: {', '.join(circle)}; let one of them take what both need from"
        " a third file, or be given it"
        for circle in found
    )
