"""The cart's cookie."""

import pytest

from new_services.storefront.cart import pieces_of, read_cart

THIRTY_ONE = "!".join(f"A-{number}*1" for number in range(31))


@pytest.mark.parametrize(
    ("cookie", "lines"),
    [
        ("", {}),
        ("A-1*2!B-1", {"A-1": 2, "B-1": 1}),
        ("a-1*2!*3!A*B*4!!A B*1", {"A": 1}),
        ("A*0!B*-3!C*99!D*x", {"A": 1, "B": 1, "C": 20, "D": 1}),
        ("A*2!A*3", {"A": 3}),
        ("X" * 31 + "*1", {}),
    ],
)
def test_what_cannot_be_read_is_left_out(cookie: str, lines: dict[str, int]) -> None:
    assert read_cart({"cart": cookie}) == lines


def test_nobody_carries_more_than_thirty_lines() -> None:
    lines = read_cart({"cart": THIRTY_ONE})
    assert (len(lines), "A-30" in lines, pieces_of(lines)) == (30, False, 30)
