"""Strategies for what servers answer when nobody has thought of it: bytes, JSON texts, headers."""

import gzip
import json
import zlib
from typing import Any

import brotli
import zstandard
from hypothesis import strategies as st

from facade.compare.answers import Answer, Pair

# Texts with half surrogate pairs, control characters and line ends of every kind.
TEXTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=12) | st.sampled_from(
    ["\ud800", "\udfff\ud800", "\0", "a'b", "a]b", "a\\b", "*", "", "[*]", "#2", "a#2", "\u2028",
     "2026-07-01T10:00:00Z", "2026-99-99", "1e5", "-", "NaN", "Ⅷ", "\x1c", "x" * 400]
)  # fmt: skip

NUMBERS = st.sampled_from(
    ["0", "-0", "0.0", "-0.0", "1E400", "-1e400", "1e999999999999", "1e-999999999999", "1E1000000",
     "-1e1000001", "9" * 400, "0." + "0" * 400 + "1", "123456789012345678901234567890.1", "NaN",
     "Infinity", "-Infinity", "1e99999999999999999999", "1e-99999999999999999999"]
) | st.integers().map(str) | st.floats(allow_nan=False, allow_infinity=False).map(repr)  # fmt: skip


def _array(items: list[str]) -> str:
    return f"[{', '.join(items)}]"


def _object(members: list[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{json.dumps(name)}: {value}" for name, value in members) + "}"


# JSON as text, since its values have no other form: repeated keys, numbers of any size.
JSON_TEXTS: st.SearchStrategy[str] = st.recursive(
    st.sampled_from(["null", "true", "false"]) | NUMBERS | TEXTS.map(json.dumps),
    lambda inner: (
        st.lists(inner, max_size=4).map(_array)
        | st.lists(st.tuples(TEXTS, inner), max_size=4).map(_object)
        | st.lists(inner.map(lambda one: _object([("id", one), ("v", "1")])), max_size=3).map(
            _array
        )
    ),
    max_leaves=12,
)

PAGES = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<form action='/cart?a'>", "</form>", "<input name='pass\nword' value=1>",
         "<a href='http://[bad'>", "<base href='//x:y/'>", "<title>", "<td colspan=9>",
         "<!--", "-->",
         "<![CDATA[", "<svg>", "<option>", "<div hidden>", "\0", "&#xD800;", "&nbsp;",
         "<a href=\\\\x>"]
    ) | TEXTS,
    max_size=12,
).map("".join)  # fmt: skip

BODIES = (
    st.binary(max_size=60)
    | JSON_TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass"))
    | JSON_TEXTS.map(lambda text: b")]}'\n" + text.encode("utf-8", "replace"))
    | PAGES.map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.sampled_from([b"[" * 300, b"[" * 100_000, b'{"a":' * 200 + b"1" + b"}" * 200,
                       b"<div>" * 600, b"<p>" * 600, b"{", b"\xff\xfe\x00"])
)  # fmt: skip

# A header's value as it comes from the wire: any byte but the ends of lines.
VALUES = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=30)

_KINDS = st.sampled_from(
    ["application/json", "application/json; charset=utf-16", "text/html", "text/html; charset=hex",
     "text/plain", "application/xml", "application/javascript", "application/x-ndjson",
     "application/octet-stream", "", "text/html; charset=\x80"]
)  # fmt: skip
_CODINGS: dict[str, Any] = {
    "": bytes, "gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress,
    "zstd": zstandard.compress, "x-unknown": bytes, "gzip, gzip": bytes,
}  # fmt: skip
_ADDRESSES = TEXTS | st.sampled_from(
    [
        "http://[::1",
        "//",
        "http://a:b",
        "http://a:99999999/",
        "?",
        "#",
        "\\\\a\\b",
        "%",
        "%zz",
        "%e2",
    ]
)
_LATIN = _ADDRESSES.map(lambda text: text.encode("utf-8", "replace").decode("latin-1"))


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """An answer, mostly 200; one in a few failed."""
    if draw(st.integers(0, 9)) == 0:
        return Answer(0, error="connect")
    coding = draw(st.sampled_from(sorted(_CODINGS)))
    body = draw(BODIES)
    if draw(st.booleans()):
        body = _CODINGS[coding](body)
    headers = [("content-type", draw(_KINDS) if draw(st.booleans()) else draw(VALUES))]
    headers += [("content-encoding", coding)] if coding else []
    for name in ("location", "refresh", "link", "content-location"):
        headers += [(name, draw(_LATIN))] if draw(st.integers(0, 4)) == 0 else []
    for name in (
        "set-cookie",
        "cache-control",
        "fig-watermark",
        "fig-declined",
        "content-encoding",
    ):
        headers += [(name, draw(VALUES))] if draw(st.integers(0, 4)) == 0 else []
    status = draw(st.sampled_from([200, 200, 200, 200, 204, 301, 304, 404, 503, 999]))
    return Answer(status, tuple(headers), body, draw(st.floats(0, 1e9)))


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    """A pair of any two answers."""
    return Pair(
        route="r",
        method=draw(st.sampled_from(["GET", "HEAD", "POST"])),
        target="/" + draw(_LATIN),
        control=draw(answers()),
        candidate=draw(answers()),
        started=draw(st.floats(1, 2e9)),
        query_keys=tuple(
            draw(st.lists(st.text(st.characters(codec="utf-8"), max_size=5), max_size=3))
        ),
        origin=draw(st.sampled_from(["", "http://shop.example", "https://a:b", "http://[x"])),
    )
