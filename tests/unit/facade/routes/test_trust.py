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


CHAINS = [
    # entries of X-Forwarded-For, who sent it, the client
    (["203.0.113.5"], "10.0.0.1", "203.0.113.5"),
    (["203.0.113.5:41234"], "10.0.0.1", "203.0.113.5"),
    (["[2001:db8::1]:443"], "10.0.0.1", "2001:db8::1"),
    (["[2001:db8::1]"], "10.0.0.1", "2001:db8::1"),
    (["2001:db8::1"], "10.0.0.1", "2001:db8::1"),
    (['"[2001:db8::1]:4711"'], "10.0.0.1", "2001:db8::1"),
    (["fe80::1%eth0"], "10.0.0.1", "10.0.0.1"),
    ([" 203.0.113.5 "], "10.0.0.1", "203.0.113.5"),
    (["203.0.113.5", "10.0.0.2"], "10.0.0.1", "203.0.113.5"),
    (["203.0.113.5", "10.0.0.3:80", "10.0.0.2"], "10.0.0.1", "203.0.113.5"),
    (["6.6.6.6", "203.0.113.5", "10.0.0.2"], "10.0.0.1", "203.0.113.5"),  # the left is invented
    (["10.0.0.9", "10.0.0.2"], "10.0.0.1", "10.0.0.9"),  # all of them trusted: the farthest
    (["unknown", "10.0.0.2"], "10.0.0.1", "10.0.0.2"),
    (["_hidden"], "10.0.0.1", "10.0.0.1"),
    ([""], "10.0.0.1", "10.0.0.1"),
    ([], "10.0.0.1", "10.0.0.1"),
    (["203.0.113.5", ""], "10.0.0.1", "10.0.0.1"),
    (["999.1.1.1"], "10.0.0.1", "10.0.0.1"),
    (["203.0.113.5"], "192.0.2.1", "192.0.2.1"),  # the neighbour is not trusted
]


@pytest.mark.parametrize(("chain", "neighbour", "client"), CHAINS)
def test_the_client_is_the_first_from_the_right_that_is_no_proxy(chain, neighbour, client) -> None:
    assert Trust(("10.0.0.0/8",)).client(chain, neighbour) == client
