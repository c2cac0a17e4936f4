"""Which characters a body's bytes stand for, decided as browsers decide it.

A byte order mark comes first, then the charset of `Content-Type`, then what the document says of
itself (`<meta>`, an XML declaration), then UTF-8 where the bytes are UTF-8, else windows-1252.
"""

import codecs
import re

# A label means the charset that browsers take it for (WHATWG Encoding, 4.2), not the one it names.
_AS_BROWSERS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "hz": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "utf-16": "utf-16-le",
    "utf-7": "cp1252",
}
_FURTHER_LABELS = {
    "x-sjis": "cp932",
    "x-gbk": "gb18030",
    "x-cp1250": "cp1250",
    "x-cp1251": "cp1251",
    "x-cp1252": "cp1252",
    "x-x-big5": "big5hkscs",
    "unicode": "utf-16-le",
    "unicode-1-1-utf-8": "utf-8",
    "x-mac-roman": "mac_roman",
    "ks_c_5601-1987": "cp949",
}
# Codecs of Python that are no charset of a page.
_NO_CHARSETS = frozenset(
    {"idna", "punycode", "unicode_escape", "raw-unicode-escape", "raw_unicode_escape", "undefined"}
    | {"unicode-escape", "mbcs", "oem"}
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_USUAL = "cp1252"
_LONGEST_LABEL = 40

_PARAMETER = re.compile(r"charset\s*=\s*[\"']?\s*([^\s\"';,]+)", re.IGNORECASE)
_META = re.compile(rb"<meta\b[^>]{0,300}?charset\s*=\s*[\"']?\s*([^\s\"'/>;]+)", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"']([^\"']+)", re.IGNORECASE)
_PRESCANNED = 1024  # bytes in which a page may say its charset
_UNDEFINED = re.compile("[\udc80-\udc9f]")  # bytes that windows-125x leaves open


def codec_of(label: str) -> str | None:
    """Python's codec for a charset's label; None when it is none that a page can have."""
    name = label.strip().strip("\"'").lower()
    if not name or len(name) > _LONGEST_LABEL or not name.isascii():
        return None
    if name in _FURTHER_LABELS:
        return _FURTHER_LABELS[name]
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    if found.name in _NO_CHARSETS or not found._is_text_encoding:
        return None
    return _AS_BROWSERS.get(found.name, found.name)


def declared(content_type: str) -> str | None:
    """The codec that a `Content-Type` names; None when it names none we know."""
    found = _PARAMETER.search(content_type)
    return codec_of(found[1]) if found else None


def text_of(body: bytes, content_type: str, *, page: bool = False, xml: bool = False) -> str:
    """The characters of a body. Bytes that stand for none come out as lone surrogates, so that two
    different bodies stay different. `page` and `xml` say where to look for the body's own word."""
    for mark, marked in _MARKS:
        if body.startswith(mark):
            return _decoded(body[len(mark) :], marked)
    codec = declared(content_type) or (_own_word(body, page, xml) if page or xml else None)
    if codec is not None:
        return _decoded(body, codec)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(body, _USUAL)


def _own_word(body: bytes, page: bool, xml: bool) -> str | None:
    start = body[:_PRESCANNED]
    found = (_META.search(start) if page else None) or (_XML.search(start) if xml else None)
    codec = codec_of(found[1].decode("latin-1")) if found else None
    # A document in which these words can be read as ASCII is not UTF-16.
    return "utf-8" if codec is not None and codec.startswith("utf-16") else codec


def _decoded(body: bytes, codec: str) -> str:
    try:
        text = body.decode(codec, "surrogateescape")
    except UnicodeError:  # the codec cannot keep wrong bytes apart: latin-1 can
        text = body.decode("latin-1")
    if codec.startswith("cp125"):
        return _UNDEFINED.sub(lambda found: chr(ord(found[0]) - 0xDC00), text)
    return text
