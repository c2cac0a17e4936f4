"""Which account a login names, however it is written."""

import json

import pytest

from facade.proxy.attempts.accounts import UNREADABLE, accounts

FORM, JSON = b"application/x-www-form-urlencoded", b"application/json"
ANNA = ("anna@example.org",)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"email=anna@example.org&password=x", ANNA),
        (b"password=x&email=Anna%40Example.ORG", ANNA),
        (b"email=++anna@example.org+", ANNA),
        (b"email=%00anna@example.org%0a", ANNA),
        (b"%65mail=anna@example.org", ANNA),
        (b"email=anna@example.org&email=anna@example.org", ANNA),
        (b"email=anna@example.org&email=ben@example.org", (*ANNA, "ben@example.org")),
        (b"email=&email=anna@example.org", ANNA),
        (b"emails=anna@example.org", UNREADABLE),
        (b"email=", UNREADABLE),
        (b"email=%20", UNREADABLE),
        (b"", UNREADABLE),
        (b"\xff\xfe", UNREADABLE),
        (b"&".join(b"email=a%d" % number for number in range(9)), UNREADABLE),
        (b"email=a" + b"&x=" * 2000, ("a",)),
    ],
)
def test_the_field_of_a_form(body: bytes, named: tuple[str, ...]) -> None:
    assert accounts("form:email", FORM, body) == named
    assert (
        accounts("form:email", b"Application/X-WWW-Form-Urlencoded; charset=utf-8", body) == named
    )


LOGIN = {"email": " Anna@example.org ", "password": "x"}


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (json.dumps(LOGIN).encode(), ANNA),
        (json.dumps(LOGIN).encode("utf-16"), ANNA),
        (json.dumps(LOGIN).encode("utf-32"), ANNA),
        (b'\xef\xbb\xbf{"email": "anna@example.org"}', ANNA),
        (b'{"\\u0065mail": "anna@example.org"}', ANNA),
        (b'{"email": "anna@example.org", "z": NaN}', ANNA),
        (b'{"email": "ben", "email": "anna"}', ("anna", "ben")),
        (b'{"email": 17}', UNREADABLE),
        (b'{"email": null, "x": 1}', UNREADABLE),
        (b'["email", "anna"]', UNREADABLE),
        (b'{"email": "anna"', UNREADABLE),
        (b"[" * 100_000, UNREADABLE),
        (b"", UNREADABLE),
        (b'{"email": "\\ud800"}', UNREADABLE),
    ],
)
def test_the_member_of_a_json(body: bytes, named: tuple[str, ...]) -> None:
    assert accounts("json:email", JSON, body) == named
    assert accounts("json:email", b"application/vnd.shop+json", body) == named


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("form:email", JSON),
        ("json:email", FORM),
        ("form:email", b"multipart/form-data; boundary=x"),
        ("json:email", b"text/json"),
        ("form:email", b""),
    ],
)
def test_a_body_of_another_kind_is_like_all_of_its_kind(source: str, kind: bytes) -> None:
    assert accounts(source, kind, b"email=anna") == UNREADABLE


def test_small_and_large_letters_are_one() -> None:
    assert accounts("form:u", FORM, b"u=STRASSE") == accounts("form:u", FORM, "u=Straße".encode())
