"""Malformed and odd answers, each with the verdict that RFC 9110 and 9112 ask for."""

_NL = b"\r\n"


def answer(*lines: bytes, status: bytes = b"200 OK", body: bytes = b"") -> bytes:
    return b"HTTP/1.1 " + status + _NL + b"".join(one + _NL for one in lines) + _NL + body


# name -> (what an upstream answers to GET, the status the client gets)
RESPONSES: dict[str, tuple[bytes, int]] = {
    "plain": (answer(b"Content-Length: 1", body=b"a"), 200),
    "no reason": (answer(b"Content-Length: 0", status=b"200"), 200),
    "empty reason": (answer(b"Content-Length: 0", status=b"200 "), 200),
    "high bytes in reason": (answer(b"Content-Length: 0", status=b"200 \xe4"), 200),
    "unknown status": (answer(b"Content-Length: 0", status=b"299 X"), 299),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", 200),
    "HTTP/2.0": (b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", 502),
    "lower case http": (b"http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 502),
    "ICY": (b"ICY 200 OK\r\n\r\n", 502),
    "HTTP/0.9": (b"<html>hello</html>\r\n\r\n", 502),
    "NUL in reason": (answer(status=b"200 O\0K"), 502),
    "status 99": (answer(status=b"99 X"), 502),
    "status 000": (answer(status=b"000 X"), 502),
    "status 600": (answer(b"Content-Length: 0", status=b"600 X"), 600),
    "status 999": (answer(b"Content-Length: 0", status=b"999 X"), 999),
    "status 2000": (answer(status=b"2000 X"), 502),
    "status not a number": (answer(status=b"2x0 X"), 502),
    "bare CR": (b"HTTP/1.1 200 OK\rX: a\r\n\r\n", 502),
    "folded first": (answer(b" X: a"), 502),
    "folded into two lengths": (answer(b"Content-Length: 1", b" 2", body=b"ab"), 502),
    "blank within a name": (answer(b"X Y: a"), 502),
    "quoted name": (answer(b'"X": a'), 502),
    "no colon": (answer(b"X"), 502),
    "no name": (answer(b": a"), 502),
    "NUL in value": (answer(b"X: \0"), 502),
    "bare CR in a name": (answer(b"X\rY: a"), 502),
    "length twice": (answer(b"Content-Length: 1", b"Content-Length: 2", body=b"ab"), 502),
    "length list, unequal": (answer(b"Content-Length: 1, 2", body=b"ab"), 502),
    "length twice, differently written": (
        answer(b"Content-Length: 1", b"Content-Length: 01", body=b"a"),
        502,
    ),
    "length of commas": (answer(b"Content-Length: ,"), 502),
    "length plus": (answer(b"Content-Length: +1", body=b"a"), 502),
    "length negative": (answer(b"Content-Length: -1"), 502),
    "length empty": (answer(b"Content-Length:"), 502),
    "coding empty": (answer(b"Transfer-Encoding:"), 502),
    "coding identity beside a length": (
        answer(b"Transfer-Encoding: identity", b"Content-Length: 1", body=b"a"),
        502,
    ),
    "coding gzip, chunked": (answer(b"Transfer-Encoding: gzip, chunked"), 502),
    "coding gzip": (answer(b"Transfer-Encoding: gzip"), 502),
    "coding chunked, gzip": (answer(b"Transfer-Encoding: chunked, gzip"), 502),
    "coding in 1.0": (b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 502),
    "switching unasked": (answer(b"Connection: upgrade", b"Upgrade: x", status=b"101 S"), 502),
    "interim without end": (answer(status=b"103 Early Hints") * 40, 502),
    "head too large": (answer(b"X: " + b"a" * 70_000), 502),
    "head endless": (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000, 502),
    "too many headers": (answer(*[b"X%d: a" % n for n in range(300)]), 502),
}

_FRAMED = b"Content-Length: 1\r\n"


def _head(*lines: bytes) -> bytes:
    return answer(*lines, b"Content-Length: 1", body=b"a")


# name -> (a malformed answer to GET, what is counted, the head that the client gets of it before
# Date and Via, the body): what RFC 9112 lets a proxy put right
MENDED: dict[str, tuple[bytes, str, bytes]] = {
    "blank before colon": (_head(b"X : a"), "blank before colon", b"X: a"),
    "blanks before colon": (_head(b"X \t : a"), "blank before colon", b"X: a"),
    "blank before the length's colon": (
        answer(b"Content-Length : 1", body=b"a"),
        "blank before colon",
        b"",
    ),
    "blank before the coding's colon": (
        answer(b"Transfer-Encoding : chunked", body=b"1\r\na\r\n0\r\n\r\n"),
        "blank before colon",
        b"",
    ),
    "folded": (_head(b"X: a", b" b"), "folded line", b"X: a b"),
    "folded with tab": (_head(b"X: a", b"\tb"), "folded line", b"X: a b"),
    "folded twice": (_head(b"X: a", b"  b", b"   c"), "folded line", b"X: a b c"),
    "folded before the value": (_head(b"X:", b" a"), "folded line", b"X: a"),
    "folded, empty": (_head(b"X: a", b" "), "folded line", b"X: a"),
    "folded coding": (
        answer(b"Transfer-Encoding:", b" chunked", body=b"1\r\na\r\n0\r\n\r\n"),
        "folded line",
        b"",
    ),
    "control character": (_head(b"X: a\x08b"), "control character", b"X: a b"),
    "escape character": (_head(b"X: a\x1bb"), "control character", b"X: a b"),
    "DEL": (_head(b"X: a\x7fb"), "control character", b"X: a b"),
    "bare CR": (_head(b"X: a\rb"), "control character", b"X: a b"),
    "length twice, equal": (
        answer(b"Content-Length: 1", b"content-length: 1", body=b"a"),
        "repeated length",
        b"",
    ),
    "length list": (answer(b"Content-Length: 1, 1", body=b"a"), "repeated length", b""),
    "length list with an empty member": (
        answer(b"Content-Length: 1,", body=b"a"),
        "repeated length",
        b"",
    ),
    "coding twice": (
        answer(*[b"Transfer-Encoding: chunked"] * 2, body=b"1\r\na\r\n0\r\n\r\n"),
        "repeated coding",
        b"",
    ),
    "coding list": (
        answer(b"Transfer-Encoding: chunked, Chunked", body=b"1\r\na\r\n0\r\n\r\n"),
        "repeated coding",
        b"",
    ),
    "identity and chunked": (
        answer(b"Transfer-Encoding: identity, chunked", body=b"1\r\na\r\n0\r\n\r\n"),
        "identity coding",
        b"",
    ),
    "length beside coding": (
        answer(b"Content-Length: 5", b"Transfer-Encoding: chunked", body=b"1\r\na\r\n0\r\n\r\n"),
        "length beside coding",
        b"",
    ),
    "coding beside length": (
        answer(b"Transfer-Encoding: chunked", b"Content-Length: x", body=b"1\r\na\r\n0\r\n\r\n"),
        "length beside coding",
        b"",
    ),
    "two spaces": (b"HTTP/1.1  200  OK\r\n" + _FRAMED + b"\r\na", "status line", b""),
    "tab in the status line": (b"HTTP/1.1\t200\tOK\r\n" + _FRAMED + b"\r\na", "status line", b""),
    "HTTP/1.2": (b"HTTP/1.2 200 OK\r\n" + _FRAMED + b"\r\na", "status line", b""),
    "control in reason": (b"HTTP/1.1 200 \x01OK\r\n" + _FRAMED + b"\r\na", "status line", b""),
    "bare LF": (b"HTTP/1.1 200 OK\n" + b"Content-Length: 1\n\na", "bare LF", b""),
    "bare LF, CR LF at the end": (
        b"HTTP/1.1 200 OK\nContent-Length: 1\n\r\na",
        "bare LF",
        b"",
    ),
    "one bare LF": (b"HTTP/1.1 200 OK\r\nX: a\n" + _FRAMED + b"\r\na", "bare LF", b"X: a"),
    "chunk size with blank": (
        answer(b"Transfer-Encoding: chunked", body=b"1 \r\na\r\n0  \r\n\r\n"),
        "padded chunk size",
        b"",
    ),
    "chunk size with tab and extension": (
        answer(b"Transfer-Encoding: chunked", body=b"1\t;x=y\r\na\r\n0\r\n\r\n"),
        "padded chunk size",
        b"",
    ),
    "chunk size with many zeros": (
        answer(b"Transfer-Encoding: chunked", body=b"0" * 20 + b"1\r\na\r\n0\r\n\r\n"),
        "padded chunk size",
        b"",
    ),
    "last chunk of many zeros": (
        answer(b"Transfer-Encoding: chunked", body=b"1\r\na\r\n" + b"0" * 20 + b"\r\n\r\n"),
        "padded chunk size",
        b"",
    ),
    "trailer folded": (
        answer(b"Transfer-Encoding: chunked", body=b"1\r\na\r\n0\r\nX: a\r\n b\r\n\r\n"),
        "malformed trailer",
        b"",
    ),
    "trailer without colon": (
        answer(b"Transfer-Encoding: chunked", body=b"1\r\na\r\n0\r\nX\r\n\r\n"),
        "malformed trailer",
        b"",
    ),
    "bytes after the answer": (
        answer(b"Content-Length: 1", body=b"ab"),
        "bytes after the answer",
        b"",
    ),
}

# name -> chunks that cannot be right, after a head that was; the client's connection breaks off
BAD_CHUNKS: dict[str, bytes] = {
    "size not hex": b"zz\r\nabc\r\n0\r\n\r\n",
    "size negative": b"-1\r\nabc\r\n0\r\n\r\n",
    "longer than said": b"2\r\nabc\r\n0\r\n\r\n",
    "bare LF": b"3\nabc\n0\n\n",
    "size with blank before": b" 3\r\nabc\r\n0\r\n\r\n",
    "size with blank within": b"3 1\r\nabc\r\n0\r\n\r\n",
    "size with endless padding": b"3" + b" " * 100 + b"\r\nabc\r\n0\r\n\r\n",
    "size 0x": b"0x3\r\nabc\r\n0\r\n\r\n",
    "size beyond 15 digits": b"1" * 17 + b"\r\nabc",
    "ended by LF": b"3\r\nabc\n0\r\n\r\n",
    "extension endless": b"3;" + b"a" * 5000,
    "trailer, bare LF": b"0\r\nX: a\n\r\n",
    "trailer too large": b"0\r\n" + b"X: aaaaaaaa\r\n" * 2000,
}
