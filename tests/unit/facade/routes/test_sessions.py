"""The session's cookie, by the names and in the pieces in which frameworks write it."""

import pytest

from facade.routes.sessions import PRESETS, SessionCookies, key_of, sticky_value


def key(names: tuple[str, ...], *lines: bytes) -> str | None:
    found = SessionCookies(names).find(lines)
    return None if found is None else found.decode()


@pytest.mark.parametrize(
    ("preset", "line", "found"),
    [
        ("django", b"csrftoken=x; sessionid=a", "sessionid=a"),
        ("rails", b"_shop_session=a; _ga=1", "_shop_session=a"),
        ("laravel", b"XSRF-TOKEN=x; laravel_session=a", "laravel_session=a"),
        ("laravel", b"my_shop_session=a", "my_shop_session=a"),
        ("express", b"connect.sid=s%3Aa.b", "connect.sid=s%3Aa.b"),
        ("php", b"PHPSESSID=a", "PHPSESSID=a"),
        ("aspnet", b".AspNetCore.Session=a; .AspNetCore.Cookies=b", ".AspNetCore.Session=a"),
        (
            "aspnet",
            b".AspNetCore.CookiesC1=a; .AspNetCore.CookiesC2=b; .AspNetCore.Cookies=chunks-2",
            ".AspNetCore.Cookies=chunks-2; .AspNetCore.CookiesC1=a; .AspNetCore.CookiesC2=b",
        ),
        ("flask", b"session=a", "session=a"),
        ("flask", b"sessions=a; mysession=b; session=", None),
    ],
)
def test_the_names_that_frameworks_give_it(preset: str, line: bytes, found: str | None) -> None:
    assert key(PRESETS[preset], line) == found


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([b"t.1=b; t.0=a"], "t.0=a; t.1=b"),
        ([b"t_0=a; t_1=b"], "t_0=a; t_1=b"),
        ([b"t-0=a", b"t-1=b"], "t-0=a; t-1=b"),
        ([b"; ".join(b"t.%d=x" % n for n in (10, 9))], "t.9=x; t.10=x"),
        ([b"t=a; t=b"], "t=a; t=b"),
        ([b"t=b; t=a"], "t=b; t=a"),
        ([b"t.sig=a; t2=b; tt=c"], None),
    ],
)
def test_pieces_and_cookies_of_one_name_are_one_session(lines: list[bytes], found: str) -> None:
    assert key(("t",), *lines) == found


def test_a_client_is_known_by_the_value_of_a_whole_cookie() -> None:
    assert key_of([(b"t", b'"a"')]) == "a"
    assert key_of([(b"t.0", b"a"), (b"t.1", b"b")]) == "t.0=a; t.1=b"
    assert key_of([]) is None


@pytest.mark.parametrize("value", ["", "a", "A" * 32, "g" * 32, "0" * 33])
def test_what_is_not_our_cookie_says_nothing(value: str) -> None:
    assert sticky_value([f"fig_client={value}".encode()]) is None
    assert sticky_value([b"a=b; fig_client=" + b"0" * 32]) == "0" * 32
