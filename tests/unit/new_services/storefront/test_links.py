"""Addresses within the shop."""

import pytest

from new_services.storefront.links import address, with_query


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (address("/product", "JKT-1"), "/product/JKT-1"),
        (address("/category", "Z & ü/<"), "/category/Z%20&%20%C3%BC/%3C"),
        (address("/search", q="a b&c", page=2), "/search?q=a+b%26c&page=2"),
        (with_query("/search", {}), "/search"),
        (with_query("/search", {"utm[x]": "ü?/:@"}), "/search?utm%5Bx%5D=%C3%BC?/:@"),
    ],
)
def test_it_is_escaped(made: str, expected: str) -> None:
    assert made == expected
