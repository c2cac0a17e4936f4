"""After the login only back into this shop."""

import pytest

from legacy_monolith.views.account import _own_path


@pytest.mark.parametrize("target", ["/orders", "/orders?page=2", "/product/JKT-1"])
def test_own_paths_pass(target: str) -> None:
    assert _own_path(target) == target


@pytest.mark.parametrize(
    "target", ["", "//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nX: y", "x"]
)
def test_addresses_elsewhere_do_not(target: str) -> None:
    assert _own_path(target) == ""
