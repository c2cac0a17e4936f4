"""What the parts of a composed route ask for."""

import pytest

from facade.routes.composing import compile_part
from facade.routes.config.composefile import PartConfig


@pytest.mark.parametrize(
    ("get", "path", "wanted"),
    [
        ("/api/me", "/x/P-1/7", b"/api/me"),
        ("/api/items?page=2&q=%20", "/x/P-1/7", b"/api/items?page=2&q=%20"),
        ("/a/{sku}", "/x/P-1/7", b"/a/P-1"),
        ("/a/{n}/b/{sku}?c={n}", "/x/P-1/7", b"/a/7/b/P-1?c={n}"),
        ("/a/{sku}", "/x/ü ?#&;\\%2f/7", b"/a/%C3%BC%20%3F%23%26%3B%5C%252f"),
    ],
)
def test_a_target(get: str, path: str, wanted: bytes) -> None:
    part = compile_part(PartConfig(get, "a", True), "/x/{sku}/{n}")
    assert part.target(path) == wanted
    assert (part.name, part.optional) == ("a", True)
