"""For how long an answer that is made of several may be kept."""

import pytest

from facade.http1.fields import read_fields
from facade.proxy.composing.caching import cache_lines

DATE = b"Date: Mon, 30 Nov 2026 12:00:00 GMT"


def combined(*answers: list[bytes], whole: bool = True) -> list[str]:
    lines = cache_lines([read_fields(lines) for lines in answers], whole=whole)
    return [line.decode().removesuffix("\r\n") for line in lines]


def control(*values: str, whole: bool = True) -> str:
    """The Cache-Control of an answer made of parts with these; empty: the part has none."""
    answers = [[f"Cache-Control: {value}".encode()] if value else [] for value in values]
    return combined(*answers, whole=whole)[0].removeprefix("Cache-Control: ")


@pytest.mark.parametrize(
    ("parts", "wanted"),
    [
        (["max-age=60", "max-age=10"], "max-age=10"),
        (["public, max-age=60", "public, max-age=10"], "public, max-age=10"),
        (["public, max-age=60", "max-age=10"], "max-age=10"),
        (["public, max-age=60", "private, max-age=90"], "private, max-age=60"),
        (["max-age=60", "no-store"], "no-store"),
        (["max-age=60", "no-cache"], "no-cache"),
        (["max-age=60", 'no-cache="set-cookie"'], "no-cache"),
        (["max-age=60", ""], "no-cache"),
        (["private", "max-age=60"], "private, no-cache"),
        (["max-age=60, must-revalidate", "max-age=70"], "max-age=60, must-revalidate"),
        (["s-maxage=5, max-age=60", "max-age=20"], "max-age=20, s-maxage=5"),
        (["s-maxage=90, max-age=60", "max-age=70"], "max-age=60, s-maxage=70"),
        (["s-maxage=5, max-age=60", "private, max-age=20"], "private, max-age=20"),
        (["MAX-AGE=60, Public"], "public, max-age=60"),
        (["max-age=soon", "max-age=60"], "max-age=0"),
        (["max-age=60, stale-while-revalidate=99, immutable"], "max-age=60"),
        (["max-age=99999999999999"], "max-age=2147483648"),
    ],
)
def test_the_strictest_of_the_parts(parts: list[str], wanted: str) -> None:
    assert control(*parts) == wanted
    assert set(control(*reversed(parts)).split(", ")) == set(wanted.split(", "))


def test_half_an_answer_is_not_kept() -> None:
    assert control("public, max-age=60", whole=False) == "no-store"


def test_what_a_part_has_lived_already_counts() -> None:
    lines = combined([b"Cache-Control: max-age=60", b"Age: 50"], [b"Cache-Control: max-age=30"])
    assert lines == ["Cache-Control: max-age=60", "Age: 50"], "ten seconds are left"
    assert combined([b"Cache-Control: max-age=60", b"Age: 90"])[0] == "Cache-Control: max-age=90"


@pytest.mark.parametrize(
    ("expires", "wanted"),
    [
        (b"Mon, 30 Nov 2026 12:00:40 GMT", "max-age=40"),
        (b"Mon, 30 Nov 2026 11:00:00 GMT", "max-age=0"),
        (b"0", "max-age=0"),
        (b"never", "max-age=0"),
    ],
)
def test_expires_counts_from_the_date(expires: bytes, wanted: str) -> None:
    assert combined([DATE, b"Expires: " + expires])[0] == f"Cache-Control: {wanted}"


def test_pragma_is_no_cache() -> None:
    assert combined([b"Pragma: no-cache", DATE])[0] == "Cache-Control: no-cache"


def test_one_that_sets_a_cookie_is_private() -> None:
    some = [b"Cache-Control: public, max-age=5", b"Set-Cookie: a=1"]
    assert combined(some)[0] == "Cache-Control: private, max-age=5"


def test_vary_is_the_union() -> None:
    some = [b"Cache-Control: max-age=5", b"Vary: Cookie, Accept"]
    lines = combined(some, [b"Vary: cookie", b"vary: X-Device"])
    assert lines[1] == "Vary: Cookie, Accept, X-Device"
    assert combined(some, [b"Vary: *"])[1:] == ["Vary: *"]
    assert combined([b"Vary: "])[1:] == []
