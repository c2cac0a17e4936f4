"""What a request says."""

import pytest

from new_services.storefront.request import first_cookies, first_parameters


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (b"", {}),
        (b"a=1&b=&a=2", {"a": "1", "b": ""}),
        (b"q=zelt+%C3%BC&x", {"q": "zelt ü", "x": ""}),
        (b"q=%FF%C3%BC", {"q": "%FFü"}),
        (b"q=\xff", {"q": "%FF"}),
        (b"&&=1", {"": "1"}),
    ],
)
def test_the_first_of_a_name_counts(query: bytes, expected: dict[str, str]) -> None:
    found = first_parameters(query)
    assert (dict(found), list(found)) == (expected, list(expected))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], {}),
        (["cart=A*1!B*2; session=x=y"], {"cart": "A*1!B*2", "session": "x=y"}),
        (["a=1; a=2", "a=3; b=4"], {"a": "1", "b": "4"}),
        ([' a = "x\\073\\"y" ;; c; =d'], {"a": 'x;"y'}),
    ],
)
def test_cookies(lines: list[str], expected: dict[str, str]) -> None:
    assert dict(first_cookies(lines)) == expected
