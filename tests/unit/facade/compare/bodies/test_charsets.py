"""Bytes become the characters a browser would show; two different bodies never become one text."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facade.compare.bodies.charsets import codec_of, text_of

PAGE = "<p>Größe: 5 €</p>"


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("UTF-8", "utf-8"),
        ("utf8", "utf-8"),
        ("latin1", "cp1252"),
        ("ISO-8859-1", "cp1252"),
        ("us-ascii", "cp1252"),
        ("windows-1252", "cp1252"),
        ("iso-8859-15", "iso8859-15"),
        ("iso-8859-9", "cp1254"),
        ("windows-1251", "cp1251"),
        ("koi8-r", "koi8-r"),
        ("Shift_JIS", "cp932"),
        ("x-sjis", "cp932"),
        ("euc-jp", "euc_jp"),
        ("gb2312", "gb18030"),
        ("gbk", "gb18030"),
        ("big5", "big5hkscs"),
        ("ks_c_5601-1987", "cp949"),
        ("tis-620", "cp874"),
        ("utf-16", "utf-16-le"),
        # codecs of Python, or nothing at all: no page can be written in them
        ("hex", None),
        ("rot13", None),
        ("zlib", None),
        ("idna", None),
        ("punycode", None),
        ("unicode_escape", None),
        ("undefined", None),
        ("\0", None),
        ("ütf", None),
        ("", None),
        ("a" * 500, None),
    ],
)
def test_labels_as_browsers_take_them(label: str, codec: str | None) -> None:
    assert codec_of(label) == codec


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (PAGE.encode(), "text/html"),
        (PAGE.encode("cp1252"), "text/html"),  # no word about it, and not UTF-8
        (PAGE.encode("cp1252"), "text/html; charset=iso-8859-1"),
        (PAGE.encode("iso8859-15"), "text/html;charset='ISO-8859-15'"),
        (b"\xef\xbb\xbf" + PAGE.encode(), "text/html; charset=iso-8859-1"),  # the mark comes first
        (b"\xff\xfe" + PAGE.encode("utf-16-le"), "text/html"),
        (b"\xfe\xff" + PAGE.encode("utf-16-be"), "text/html"),
        (PAGE.encode("utf-16-le"), "text/html; charset=utf-16"),
        (PAGE.encode(), "text/html; charset=no-such-thing"),
        (PAGE.encode(), "text/html; charset=hex"),
    ],
)
def test_a_page_by_mark_header_and_default(body: bytes, kind: str) -> None:
    assert text_of(body, kind, page=True) == PAGE


@pytest.mark.parametrize(
    "meta",
    [
        '<meta charset="iso-8859-15">',
        "<META CHARSET=ISO-8859-15 />",
        '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-15">',
    ],
)
def test_a_page_by_its_own_word(meta: str) -> None:
    body = f"<head>{meta}</head>{PAGE}".encode("iso8859-15")
    assert text_of(body, "text/html", page=True).endswith(PAGE)
    assert text_of(PAGE.encode() + body, "text/html; charset=utf-8", page=True).startswith(PAGE)


def test_a_page_read_as_ascii_is_not_utf_16_whatever_it_says() -> None:
    assert "Gr" in text_of(b'<meta charset="utf-16"><p>Gr', "text/html", page=True)


def test_xml_by_its_declaration() -> None:
    body = '<?xml version="1.0" encoding="ISO-8859-15"?><a>€</a>'.encode("iso8859-15")
    assert text_of(body, "application/xml", xml=True).endswith("<a>€</a>")


@given(
    st.binary(max_size=40),
    st.binary(max_size=40),
    st.sampled_from(
        ["", "utf-8", "latin1", "gbk", "shift_jis", "euc-kr", "utf-16", "iso-2022-jp", "hex", "x"]
    ),
)
def test_wrong_bytes_stay_apart(one: bytes, other: bytes, charset: str) -> None:
    kind = f"text/plain; charset={charset}" if charset else "text/plain"
    texts = [text_of(body, kind) for body in (one, other)]
    if texts[0] == texts[1] and one != other:
        # the same characters written in two ways, never characters that stand for lost bytes
        assert all("\ufffd" not in text for text in texts) or any(
            "\ufffd".encode() in body for body in (one, other)
        )


@given(st.binary(max_size=200), st.text(max_size=40), st.booleans(), st.booleans())
def test_nothing_is_raised(body: bytes, kind: str, page: bool, xml: bool) -> None:
    found: Any = text_of(body, kind, page=page, xml=xml)
    assert isinstance(found, str)
