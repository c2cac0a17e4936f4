"""Where the dashboard is said to be."""

import pytest

from facade.control.__main__ import reached


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "127.0.0.1:8081"),
        ("0.0.0.0", "127.0.0.1:8081"),
        ("::", "[::1]:8081"),
        ("::1", "[::1]:8081"),
        ("10.0.0.7", "10.0.0.7:8081"),
    ],
)
def test_the_address_is_one_that_a_browser_can_ask(host: str, shown: str) -> None:
    assert reached(host, 8081) == shown
