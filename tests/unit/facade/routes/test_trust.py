"""Trust: who may speak for others."""

import pytest

from facade.routes.trust import Trust


@pytest.mark.parametrize(
    ("address", "covered"),
    [("10.1.2.3", True), ("10.2.0.1", False), ("::1", True), ("unix", False), ("", False)],
)
def test_addresses_of_the_named_networks_are_believed(address: str, covered: bool) -> None:
    assert Trust(("10.1.0.0/16", "::1")).covers(address) is covered


def test_nobody_is_believed_by_default() -> None:
    assert not Trust(()).covers("127.0.0.1")
