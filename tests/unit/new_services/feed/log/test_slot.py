"""Positions of the log as numbers."""

import pytest

from new_services.feed.log.slot import to_int


@pytest.mark.parametrize(
    ("text", "number"), [("0/0", 0), ("0/16B3748", 0x16B3748), ("1A/2B", (0x1A << 32) + 0x2B)]
)
def test_position(text, number):
    assert to_int(text) == number
