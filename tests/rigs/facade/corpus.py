"""Malformed and odd messages, each with the verdict that RFC 9110 and 9112 ask for."""

H = b"Host: a\r\n"
OK = "forwarded"


def line(request_line: bytes) -> bytes:
    return request_line + b"\r\n" + H + b"\r\n"


def fields(*lines: bytes, method: bytes = b"GET", version: bytes = b"1.1") -> bytes:
    head = method + b" / HTTP/" + version + b"\r\n" + H
    return head + b"".join(one + b"\r\n" for one in lines) + b"\r\n"


def post(*lines: bytes, body: bytes = b"") -> bytes:
    return fields(*lines, method=b"POST") + body


def chunked(body: bytes) -> bytes:
    return post(b"Transfer-Encoding: chunked", body=body)


def get(target: bytes) -> bytes:
    return line(b"GET " + target + b" HTTP/1.1")


# name -> (what a client sends, the status it gets or OK)
REQUESTS: dict[str, tuple[bytes, int | str]] = {
    # the request line
    "plain": (fields(), OK),
    # nothing is routed there: legacy understood it before, or said itself that it does not
    "lower case method": (line(b"get / HTTP/1.1"), OK),
    "mixed case method": (line(b"Brew / HTTP/1.1"), OK),
    "lower case HEAD": (line(b"head / HTTP/1.1"), 400),
    "lower case CONNECT": (line(b"connect a:443 HTTP/1.1"), 405),
    "mixed case TRACE": (line(b"Trace / HTTP/1.1"), 405),
    "unknown method": (line(b"BREW / HTTP/1.1"), OK),
    "method with a dash": (line(b"M-SEARCH / HTTP/1.1"), OK),
    "no method": (line(b" / HTTP/1.1"), 400),
    "method with a colon": (line(b"GE:T / HTTP/1.1"), 400),
    "method too long": (line(b"A" * 40 + b" / HTTP/1.1"), 400),
    "no target": (line(b"GET HTTP/1.1"), 400),
    "two spaces": (line(b"GET  / HTTP/1.1"), 400),
    "two spaces later": (line(b"GET /  HTTP/1.1"), 400),
    "tab for space": (line(b"GET\t/ HTTP/1.1"), 400),
    "tab in target": (line(b"GET /a\tb HTTP/1.1"), 400),
    "leading space": (line(b" GET / HTTP/1.1"), 400),
    "trailing space": (line(b"GET / HTTP/1.1 "), 400),
    "space in target": (line(b"GET /a b HTTP/1.1"), 400),
    "no version": (line(b"GET /"), 400),
    "HTTP/0.9": (b"GET /\r\n\r\n", 400),
    "HTTP/2.0": (line(b"GET / HTTP/2.0"), 505),
    "HTTP/1.2": (line(b"GET / HTTP/1.2"), 505),
    "HTTP/0.9 in words": (line(b"GET / HTTP/0.9"), 505),
    "HTTP/1.10": (line(b"GET / HTTP/1.10"), 400),
    "HTTP/1": (line(b"GET / HTTP/1"), 400),
    "lower case http": (line(b"GET / http/1.1"), 400),
    "RTSP": (line(b"GET / RTSP/1.0"), 400),
    "ICE": (line(b"SOURCE / ICE/1.0"), 400),
    "h2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n\r\n\r\n", 400),
    "NUL in method": (line(b"G\0T / HTTP/1.1"), 400),
    "empty line before": (b"\r\n" + fields(), OK),
    "bare LF before": (b"\n" + fields(), 400),
    "binary garbage": (b"\x00\xff\x80\r\n\r\n", 400),
    "CONNECT": (line(b"CONNECT a:443 HTTP/1.1"), 405),
    "TRACE": (line(b"TRACE / HTTP/1.1"), 405),
    # targets
    "query": (get(b"/a?b=c&d=%20"), OK),
    "query with odd characters": (get(b'/a?b={c}|"<>[]^`'), OK),
    "fragment": (get(b"/a#b"), 400),
    "raw UTF-8": (get("/ü".encode()), OK),  # nothing is routed there: legacy understood it before
    "NUL in target": (get(b"/a\0b"), 400),
    "DEL in target": (get(b"/a\x7fb"), 400),
    "control in query": (get(b"/a?\x01"), 400),
    "encoded NUL": (get(b"/a%00"), 400),
    "encoded CR LF": (get(b"/a%0d%0aX:1"), OK),  # goes on as it is written
    "bad escape": (get(b"/a%zz"), OK),
    "short escape": (get(b"/a%2"), OK),
    "relative": (get(b"a/b"), 400),
    "dots alone": (get(b"../etc/passwd"), 400),
    "asterisk with GET": (get(b"*"), 400),
    "asterisk with OPTIONS": (line(b"OPTIONS * HTTP/1.1"), OK),
    "absolute": (get(b"http://shop.test/a"), OK),
    "absolute, no path": (get(b"http://shop.test"), OK),
    "absolute, query only": (get(b"http://shop.test?a=1"), OK),
    "absolute, upper case": (get(b"HTTP://shop.test/a"), OK),
    "absolute https": (get(b"https://shop.test/a"), OK),
    "absolute, user": (get(b"http://user:pw@shop.test/a"), 400),
    "absolute, no host": (get(b"http:///a"), 400),
    "absolute, other scheme": (get(b"ftp://shop.test/a"), 400),
    "absolute, bad host": (get(b"http://sh op.test/a"), 400),
    "absolute, bad port": (get(b"http://shop.test:x/a"), 400),
    "authority": (get(b"shop.test:80"), 400),
    "empty target path with query": (get(b"?a=1"), 400),
    "line too long": (get(b"/" + b"a" * 20_000), 414),
    "line endless": (b"GET /" + b"a" * 20_000, 414),
    # hosts
    "no Host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "no Host in 1.0": (b"GET / HTTP/1.0\r\n\r\n", OK),
    "two Hosts": (fields(b"Host: b"), 400),
    "two equal Hosts": (fields(b"host: a"), 400),
    "two Hosts in 1.0": (fields(b"Host: b", version=b"1.0"), 400),
    "empty Host": (b"GET / HTTP/1.1\r\nHost:\r\n\r\n", OK),
    "Host with port": (b"GET / HTTP/1.1\r\nHost: shop.test:8080\r\n\r\n", OK),
    "Host IPv6": (b"GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", OK),
    "Host with path": (b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
    "Host with user": (b"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400),
    "Host with space": (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
    "Host list": (b"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400),
    "Host bad port": (b"GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400),
    "Host port too long": (b"GET / HTTP/1.1\r\nHost: a:123456\r\n\r\n", 400),
    "Host quoted": (b'GET / HTTP/1.1\r\nHost: "a"\r\n\r\n', 400),
    "Host high byte": (b"GET / HTTP/1.1\r\nHost: \xfc\r\n\r\n", 400),
    # header lines
    "empty value": (fields(b"X:"), OK),
    "blanks around value": (fields(b"X: \t a \t "), OK),
    "high bytes in value": (fields(b"X: \xe4"), OK),
    "space before colon": (fields(b"X : a"), 400),
    "tab before colon": (fields(b"X\t: a"), 400),
    "space in name": (fields(b"X Y: a"), 400),
    "no name": (fields(b": a"), 400),
    "no colon": (fields(b"X"), 400),
    "name in quotes": (fields(b'"X": a'), 400),
    "name with slash": (fields(b"X/Y: a"), 400),
    "name with high byte": (fields(b"X\xe4: a"), 400),
    "name with NUL": (fields(b"X\0: a"), 400),
    "folded": (fields(b"X: a", b" b"), 400),
    "folded with tab": (fields(b"X: a", b"\tb"), 400),
    "folded first": (b"GET / HTTP/1.1\r\n " + H + b"\r\n", 400),
    "NUL in value": (fields(b"X: a\0b"), 400),
    "BEL in value": (fields(b"X: a\x07b"), 400),
    "ESC in value": (fields(b"X: a\x1bb"), 400),
    "DEL in value": (fields(b"X: a\x7fb"), 400),
    "bare CR in value": (fields(b"X: a\rb"), 400),
    "bare LF in value": (fields(b"X: a\nY: b"), 400),
    "bare LF throughout": (b"GET / HTTP/1.1\nHost: a\n\n", 400),
    "bare LF at the end": (b"GET / HTTP/1.1\r\nHost: a\r\n\n", 400),
    "bare CR as line end": (b"GET / HTTP/1.1\rHost: a\r\r\n\r\n", 400),
    "CR CR LF": (b"GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", 400),
    "too many headers": (fields(*[b"X%d: a" % n for n in range(100)]), 431),
    "just enough headers": (fields(*[b"X%d: a" % n for n in range(99)]), OK),
    "head too large": (fields(*[b"X%d: %b" % (n, b"a" * 1500) for n in range(60)]), 431),
    "one header too large": (fields(b"X: " + b"a" * 70_000), 431),
    "head endless": (b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000, 431),
    # lengths
    "length": (post(b"Content-Length: 3", body=b"abc"), OK),
    "length zero": (post(b"Content-Length: 0"), OK),
    "length with zeros": (post(b"Content-Length: 003", body=b"abc"), OK),
    "length with blanks": (post(b"Content-Length:  3 ", body=b"abc"), OK),
    "length empty": (post(b"Content-Length:"), 400),
    "length negative": (post(b"Content-Length: -1"), 400),
    "length plus": (post(b"Content-Length: +3", body=b"abc"), 400),
    "length hex": (post(b"Content-Length: 0x3", body=b"abc"), 400),
    "length float": (post(b"Content-Length: 3.0", body=b"abc"), 400),
    "length list": (post(b"Content-Length: 3, 3", body=b"abc"), 400),
    "length with comma": (post(b"Content-Length: 3,", body=b"abc"), 400),
    "length inner blank": (post(b"Content-Length: 1 2", body=b"abc"), 400),
    "length digits of Unicode": (post("Content-Length: ٣".encode(), body=b"abc"), 400),
    "length huge": (post(b"Content-Length: " + b"9" * 30), 400),
    "length twice": (post(b"Content-Length: 3", b"Content-Length: 4", body=b"abcd"), 400),
    "length twice, equal": (post(b"Content-Length: 3", b"content-length: 3", body=b"abc"), 400),
    "length beyond the limit": (post(b"Content-Length: 99999999999"), 413),
    "length under another name": (post(b"Content_Length: 3", b"Content-Length: 0"), OK),
    # codings
    "chunked": (chunked(b"0\r\n\r\n"), OK),
    "chunked, mixed case": (post(b"Transfer-Encoding: ChUnKeD", body=b"0\r\n\r\n"), OK),
    "both": (post(b"Content-Length: 3", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"), 400),
    "both, reversed": (
        post(b"Transfer-Encoding: chunked", b"Content-Length: 5", body=b"0\r\n\r\n"),
        400,
    ),
    "coding identity": (post(b"Transfer-Encoding: identity"), 400),
    "coding gzip": (post(b"Transfer-Encoding: gzip"), 400),
    "coding gzip, chunked": (post(b"Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n"), 400),
    "coding chunked, gzip": (post(b"Transfer-Encoding: chunked, gzip"), 400),
    "coding chunked, chunked": (post(b"Transfer-Encoding: chunked, chunked"), 400),
    "coding twice": (post(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"), 400),
    "coding empty": (post(b"Transfer-Encoding:"), 400),
    "coding xchunked": (post(b"Transfer-Encoding: xchunked"), 400),
    "coding quoted": (post(b'Transfer-Encoding: "chunked"'), 400),
    "coding with parameter": (post(b"Transfer-Encoding: chunked;q=1"), 400),
    "coding vertical tab": (post(b"Transfer-Encoding: \x0bchunked"), 400),
    "coding in 1.0": (fields(b"Transfer-Encoding: chunked", method=b"POST", version=b"1.0"), 400),
    "coding under another name": (post(b"Transfer_Encoding: chunked", b"Content-Length: 0"), OK),
    "coding, space before colon": (post(b"Transfer-Encoding : chunked"), 400),
    # chunks
    "chunk": (chunked(b"3\r\nabc\r\n0\r\n\r\n"), OK),
    "chunk upper case hex": (chunked(b"A\r\n" + b"a" * 10 + b"\r\n0\r\n\r\n"), OK),
    "chunk leading zeros": (chunked(b"0003\r\nabc\r\n0\r\n\r\n"), OK),
    "chunk extension": (chunked(b'3;a=b;c="d;e"\r\nabc\r\n0;x\r\n\r\n'), OK),
    "chunk size empty": (chunked(b"\r\nabc\r\n0\r\n\r\n"), 400),
    "chunk size negative": (chunked(b"-3\r\nabc\r\n0\r\n\r\n"), 400),
    "chunk size plus": (chunked(b"+3\r\nabc\r\n0\r\n\r\n"), 400),
    "chunk size 0x": (chunked(b"0x3\r\nabc\r\n0\r\n\r\n"), 400),
    "chunk size underscore": (chunked(b"1_0\r\nabc\r\n0\r\n\r\n"), 400),
    "chunk size not hex": (chunked(b"g\r\nabc\r\n0\r\n\r\n"), 400),
    "chunk size too long": (chunked(b"1" * 17 + b"\r\nabc"), 400),
    "chunk size, blank after": (chunked(b"3 \r\nabc\r\n0\r\n\r\n"), 400),
    "chunk size, blank before": (chunked(b" 3\r\nabc\r\n0\r\n\r\n"), 400),
    "chunk size, bare LF": (chunked(b"3\nabc\r\n0\r\n\r\n"), 400),
    "chunk size, bare CR": (chunked(b"3\rabc\r\n0\r\n\r\n"), 400),
    "chunk extension, bare LF": (chunked(b"3;a\nb\r\nabc\r\n0\r\n\r\n"), 400),
    "chunk extension, NUL": (chunked(b"3;a\0\r\nabc\r\n0\r\n\r\n"), 400),
    "chunk extension endless": (chunked(b"3;" + b"a" * 5000), 400),
    "chunk longer than said": (chunked(b"3\r\nabcd\r\n0\r\n\r\n"), 400),
    "chunk ended by LF": (chunked(b"3\r\nabc\n0\r\n\r\n"), 400),
    "chunk ended by CR": (chunked(b"3\r\nabc\r0\r\n\r\n"), 400),
    "chunks of overhead": (chunked(b"1;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\na\r\n" * 2000), 400),
    "trailer": (chunked(b"0\r\nX: a\r\n\r\n"), OK),
    "trailer folded": (chunked(b"0\r\nX: a\r\n b\r\n\r\n"), 400),
    "trailer without colon": (chunked(b"0\r\nX\r\n\r\n"), 400),
    "trailer, bare LF": (chunked(b"0\r\nX: a\n\r\n"), 400),
    "trailer too large": (chunked(b"0\r\n" + b"X: aaaaaaaa\r\n" * 2000), 431),
    # expectations and upgrades
    "expect continue": (post(b"Expect: 100-Continue", b"Content-Length: 0"), OK),
    "expect something": (post(b"Expect: a-miracle", b"Content-Length: 0"), 417),
    "upgrade with a body": (
        post(b"Connection: upgrade", b"Upgrade: h2c", b"Content-Length: 3", body=b"abc"),
        OK,
    ),
    "upgrade without Connection": (fields(b"Upgrade: websocket"), OK),
    "Connection names Host": (fields(b"Connection: host"), OK),
    "Connection names length": (
        post(b"Connection: content-length", b"Content-Length: 3", body=b"abc"),
        OK,
    ),
}

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
