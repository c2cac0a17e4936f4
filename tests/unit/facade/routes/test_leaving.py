"""Routes that are no longer in the file, and those of them that are said to leave."""

import pytest

from facade.routes.file.reading import load
from facade.routes.leaving import lost, may_leave

FILE = """
upstreams: {{legacy: {{url: "http://h:1"}}}}
facade: {{leaving: [{leaving}]}}
routes: [{routes}]
"""
ROUTES = {name: f"{{name: {name}, match: GET /{name}, stage: legacy}}" for name in "abc"}


def file(names: str, leaving: str = ""):
    routes = ", ".join(ROUTES[name] for name in names)
    return load(FILE.format(leaving=leaving, routes=routes).encode()).file


@pytest.mark.parametrize(
    ("names", "leaving", "gone"),
    [
        ("abc", "", ()),
        ("a", "", ("b", "c")),
        ("a", "b", ("c",)),
        ("", "a, b, c", ()),
        ("", "", ("a", "b", "c")),
    ],
)
def test_what_is_lost(names: str, leaving: str, gone: tuple[str, ...]) -> None:
    assert lost(file("abc"), file(names, leaving)) == gone


def test_only_what_the_file_names_may_leave() -> None:
    options = file("a", "b").facade
    assert may_leave("b", options)
    assert not may_leave("a", options)
