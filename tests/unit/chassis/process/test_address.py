"""One address in all its spellings, and what is none."""

import pytest

from chassis.process.address import BadAddress, host_port, url


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("127.0.0.1:8081", ("127.0.0.1", 8081)),
        ("localhost:8081", ("localhost", 8081)),
        (":8081", ("127.0.0.1", 8081)),
        ("http://127.0.0.1:8081", ("127.0.0.1", 8081)),
        ("http://127.0.0.1:8081/", ("127.0.0.1", 8081)),
        ("http://:8081", ("127.0.0.1", 8081)),
        (" 10.0.0.1:8081 ", ("10.0.0.1", 8081)),
        ("[::1]:8081", ("::1", 8081)),
        ("http://[::1]:8081/", ("::1", 8081)),
        ("0.0.0.0:0", ("0.0.0.0", 0)),
    ],
)
def test_every_spelling_can_be_listened_on_and_asked(text: str, where: tuple[str, int]) -> None:
    assert host_port(text) == where
    host = f"[{where[0]}]" if ":" in where[0] else where[0]
    assert url(text) == f"http://{host}:{where[1]}"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("https://fig.example.org", "https://fig.example.org"),
        ("https://fig.example.org/admin/", "https://fig.example.org/admin"),
        ("http://facade:8001/under/", "http://facade:8001/under"),
    ],
)
def test_behind_a_proxy_it_may_be_https_and_have_a_path(text: str, asked: str) -> None:
    assert url(text) == asked
    with pytest.raises(BadAddress, match="HOST:PORT"):
        host_port(text)


@pytest.mark.parametrize(
    "text",
    ["", ":", "8081", "localhost", "localhost:", "a:b", "a:70000", "a:-1", "ftp://a:1", "[::1:80",
     "http://me:secret@a:1", "http://a:1?x=y", "unix"],
)  # fmt: skip
def test_for_what_is_no_address_the_error_says_what_was_expected(text: str) -> None:
    for read in (host_port, url):
        with pytest.raises(BadAddress, match=r"is not HOST:PORT, :PORT or http://HOST:PORT"):
            read(text)
