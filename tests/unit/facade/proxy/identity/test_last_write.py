"""Read your writes on the wire: the token comes with a write's answer, and goes no further."""

import re
import time
from typing import Any

import pytest

from facade.proxy.downstream.upload import MOST_KEPT
from facade.proxy.identity.lastwrite import AfterTokens, Mark

ROUTES = """
facade: {{read_your_writes: {by}}}
upstreams:
  legacy: {{url: "http://legacy.test:1000"}}
  fresh:  {{url: "http://new.test:2000"}}
routes:
  - {{name: old, match: "* /old", stage: legacy}}
  - {{name: new, match: "* /new", new: fresh, stage: new}}
  - {{name: no-way-back, match: "* /alone", new: fresh, stage: new, fallback: false}}
  - {{name: retired, match: "* /retired", new: fresh, stage: retired}}
  - {{name: seen, match: "* /seen", new: fresh, stage: shadow, compare: {{sample: 100%}}}}
  - {{name: half, match: "* /half", new: fresh, stage: canary, percent: 100,
     compare: {{sample: 100%}}}}
"""
DECLINED = (
    b"HTTP/1.1 503 Service Unavailable\r\nFig-Declined: behind\r\nContent-Length: 6\r\n\r\nbehind"
)
LEGACY, NEW = 1000, 2000


def request(method: str, path: str, *lines: str, body: bytes = b"") -> bytes:
    head = [f"{method} {path} HTTP/1.1", "Host: shop.test", *lines]
    if body:
        head.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(head) + "\r\n\r\n").encode() + body


def ok(status: str = "200 OK", *lines: str, body: bytes = b"fine") -> bytes:
    head = [f"HTTP/1.1 {status}", *lines, f"Content-Length: {len(body)}"]
    return ("\r\n".join(head) + "\r\n\r\n").encode() + body


def token(answer: bytes, name: str = "fig_after") -> str | None:
    found = re.search(rb"Set-Cookie: %b=([^;]+);" % name.encode(), answer)
    return found[1].decode() if found else None


class Sides:
    def __init__(self, rig: Any) -> None:
        self.rig = rig
        self.client = rig.client()

    def waiting(self, port: int) -> list[tuple[Any, bytes]]:
        dialled = [
            one
            for one in self.rig.wire.dialled
            if one.transport.get_extra_info("peername")[1] == port
        ]
        return [(peer, data) for peer in dialled if (data := peer.read())]

    def answer(self, port: int, data: bytes) -> bytes:
        ((peer, asked),) = self.waiting(port)
        peer.send(data)
        return bytes(asked)

    def exchange(self, asked: bytes, port: int, answer: bytes) -> tuple[bytes, bytes]:
        """What the side was asked, and what the client was answered."""
        self.client.send(asked)
        seen = self.answer(port, answer)
        return seen, self.client.read()


@pytest.fixture
def sides(make_rig: Any) -> Sides:
    return Sides(make_rig(ROUTES.format(by="cookie")))


@pytest.fixture
def sides_by(make_rig: Any) -> Any:
    return lambda by: Sides(make_rig(ROUTES.format(by=by)))


@pytest.mark.parametrize(("path", "port"), [("/old", LEGACY), ("/new", NEW), ("/x", LEGACY)])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("status", ["200 OK", "201 Created", "303 See Other"])
def test_a_write_is_answered_with_its_time(sides, method, path, port, status) -> None:
    before = time.time_ns() // 1000
    _, answer = sides.exchange(request(method, path), port, ok(status))
    (line,) = re.findall(rb"Set-Cookie: ([^\r]+)", answer)
    assert line.endswith(b"; Max-Age=60; Path=/; HttpOnly; SameSite=Lax")
    assert before <= int((token(answer) or "").split(".")[0]) <= time.time_ns() // 1000


@pytest.mark.parametrize(
    ("method", "status"),
    [("GET", "200 OK"), ("HEAD", "200 OK"), ("POST", "409 Conflict"), ("POST", "500 Oops")],
)
def test_no_token_without_a_write(sides, method: str, status: str) -> None:
    body = b"" if method == "HEAD" else b"x"
    _, answer = sides.exchange(request(method, "/old"), LEGACY, ok(status, body=body))
    assert token(answer) is None


def test_other_cookies_are_left_alone(sides) -> None:
    theirs = ("Set-Cookie: session=1; Path=/", "Set-Cookie: theme=dark")
    _, answer = sides.exchange(request("POST", "/old"), LEGACY, ok("200 OK", *theirs))
    assert b"Set-Cookie: session=1; Path=/\r\nSet-Cookie: theme=dark\r\n" in answer
    assert answer.count(b"Set-Cookie") == 3


def test_reads_on_the_new_side_carry_it(sides) -> None:
    _, answer = sides.exchange(request("POST", "/old"), LEGACY, ok())
    mine = token(answer)
    seen, _ = sides.exchange(
        request("GET", "/new", f"Cookie: a=b; fig_after={mine}; session=s"), NEW, ok()
    )
    assert b"Fig-After: %d\r\n" % int(mine.split(".")[0]) in seen
    assert b"Cookie: a=b; session=s\r\n" in seen
    assert mine.encode() not in seen


def test_legacy_never_sees_it(sides) -> None:
    _, answer = sides.exchange(request("POST", "/old"), LEGACY, ok())
    lines = f"Cookie: fig_after={token(answer)}", "Cookie: a=b"
    seen, _ = sides.exchange(request("GET", "/old", *lines), LEGACY, ok())
    assert b"fig" not in seen.lower().replace(b"via: 1.1 fig", b"")
    assert seen.count(b"Cookie: a=b\r\n") == 1


FORGED = ["1.x", "99999999999999999999.x", "x", ".", "", "1", '"1.x"', "-5.aaaa", "1.é"]


@pytest.mark.parametrize("value", FORGED)
def test_a_forged_token_is_dropped(sides, value: str) -> None:
    asked = request("GET", "/new").replace(
        b"\r\n\r\n", b"\r\nCookie: fig_after=" + value.encode("latin-1") + b"\r\n\r\n"
    )
    seen, _ = sides.exchange(asked, NEW, ok())
    assert b"Fig-After" not in seen
    assert b"fig_after" not in seen


def test_a_clients_own_fig_after_is_dropped(sides) -> None:
    seen, _ = sides.exchange(request("GET", "/new", "Fig-After: 5", "fig_after: 5"), NEW, ok())
    assert b"after" not in seen.lower()


def test_a_time_ahead_of_our_clock_is_now(sides_by) -> None:
    sides = sides_by("header")
    tokens: AfterTokens = sides.rig.gateway.identity.last_write._tokens
    ahead = tokens.make(Mark(time.time_ns() // 1000 + 60_000_000)).decode()
    seen, _ = sides.exchange(request("GET", "/new", f"Fig-After-Token: {ahead}"), NEW, ok())
    after = int(re.search(rb"Fig-After: (\d+)", seen)[1])
    assert after <= time.time_ns() // 1000


def test_apps_without_cookies_send_a_header(sides_by) -> None:
    sides = sides_by("header")
    _, answer = sides.exchange(request("POST", "/new"), NEW, ok())
    assert b"Set-Cookie" not in answer
    mine = re.search(rb"Fig-After-Token: (\S+)\r\n", answer)[1].decode()
    seen, _ = sides.exchange(request("GET", "/new", f"Fig-After-Token: {mine}"), NEW, ok())
    assert b"Fig-After: %d\r\n" % int(mine.split(".")[0]) in seen
    assert mine.encode() not in seen


def test_of_both_the_later_one_counts(sides_by) -> None:
    sides = sides_by("both")
    tokens: AfterTokens = sides.rig.gateway.identity.last_write._tokens
    early, late = tokens.make(Mark(1000)).decode(), tokens.make(Mark(2000)).decode()
    for one, other in ((early, late), (late, early)):
        lines = f"Fig-After-Token: {one}", f"Cookie: fig_after={other}"
        seen, _ = sides.exchange(request("GET", "/new", *lines), NEW, ok())
        assert b"Fig-After: 2000\r\n" in seen


def test_both_name_what_was_written(sides_by) -> None:
    tokens: AfterTokens = sides_by("both").rig.gateway.identity.last_write._tokens
    one, other = Mark(7, frozenset({"a.b", "goods"}), frozenset({"x-y"})), Mark(7)
    assert [tokens.read(tokens.make(each)) for each in (one, other)] == [one, other]
    assert tokens.read(tokens.make(one).replace(b"+-x-y", b"+x-y")) == Mark()


def test_it_can_be_switched_off(sides_by) -> None:
    sides = sides_by("off")
    _, answer = sides.exchange(request("POST", "/new"), NEW, ok())
    assert b"Set-Cookie" not in answer
    assert b"Fig-After" not in answer


def test_a_file_without_a_new_side_needs_none(make_rig: Any) -> None:
    sides = Sides(make_rig('upstreams: {legacy: {url: "http://legacy.test:1000"}}'))
    _, answer = sides.exchange(request("POST", "/x"), LEGACY, ok())
    assert b"Set-Cookie" not in answer


def test_its_cookie_is_in_no_pair(sides) -> None:
    own = sides.exchange(request("POST", "/old"), LEGACY, ok())[1]
    sides.client.send(request("GET", "/seen", f"Cookie: fig_after={token(own)}; session=s"))
    sides.answer(LEGACY, ok())
    copy = sides.answer(NEW, ok())
    assert b"fig_after" not in copy
    (pair,) = sides.rig.channel.pairs
    assert "fig_after" not in str(pair.meta)
    assert "Cookie: session=s\r\n" in pair.meta["request_headers"]


# A read model that is behind


def test_a_read_that_is_declined_goes_to_legacy(sides) -> None:
    _, answer = sides.exchange(request("POST", "/old"), LEGACY, ok())
    mine = token(answer)
    sides.client.send(request("GET", "/new", f"Cookie: fig_after={mine}"))
    sides.answer(NEW, DECLINED)
    seen = sides.answer(LEGACY, ok(body=b"by legacy"))
    assert b"Fig-After" not in seen
    answer = sides.client.read()
    assert answer.endswith(b"by legacy")
    assert token(answer) == mine, "the client keeps it for as long as it is needed"
    counts = sides.rig.counts("new")
    assert (counts["fallbacks"], counts["declined"]) == (1, 1)
    assert counts["failures"] == {"new.declined": 1}


@pytest.mark.parametrize("size", [0, 10, MOST_KEPT + 1, 64 * 1024])
@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_a_declined_write_goes_to_legacy_once(sides, size: int, chunked: bool) -> None:
    body = bytes(range(256)) * 300
    body = body[:size]
    asked = request("POST", "/new", body=body)
    if chunked:
        asked = request("POST", "/new", "Transfer-Encoding: chunked")
        asked += (b"%x\r\n%b\r\n" % (size, body) if size else b"") + b"0\r\n\r\n"
    sides.client.send(asked)
    sides.answer(NEW, DECLINED)
    seen = sides.answer(LEGACY, ok("201 Created"))
    sent = seen.partition(b"\r\n\r\n")[2]
    assert sent == asked.partition(b"\r\n\r\n")[2]
    assert sides.client.read().startswith(b"HTTP/1.1 201")
    assert sides.rig.counts("new")["declined"] == 1


def test_a_write_declined_by_legacy_too_is_answered_so(sides) -> None:
    sides.client.send(request("POST", "/new", body=b"x"))
    sides.answer(NEW, DECLINED)
    sides.answer(LEGACY, DECLINED)
    assert sides.client.read().startswith(b"HTTP/1.1 503")
    assert sides.waiting(LEGACY) == sides.waiting(NEW) == []


def test_a_declined_write_too_large_to_repeat_is_answered_so(sides) -> None:
    sides.client.send(request("POST", "/new", body=b"x" * (64 * 1024 + 1)))
    sides.answer(NEW, DECLINED)
    assert sides.client.read().startswith(b"HTTP/1.1 503")
    assert sides.waiting(LEGACY) == []


@pytest.mark.parametrize("path", ["/alone", "/retired"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_goes_to_legacy_where_there_is_no_way_back(sides, path, method) -> None:
    _, answer = sides.exchange(request(method, path), NEW, DECLINED)
    if method == "GET":  # it may answer from the past, and has nothing to answer from
        assert answer == b""
        assert b"Fig-Alone: 1\r\n" in sides.answer(NEW, DECLINED)
        answer = sides.client.read()
    assert answer.startswith(b"HTTP/1.1 503")
    assert sides.waiting(LEGACY) == []


@pytest.mark.parametrize("status", ["503 Service Unavailable", "502 Bad Gateway", "500 Oops"])
def test_a_write_that_failed_otherwise_is_never_repeated(sides, status: str) -> None:
    _, answer = sides.exchange(request("POST", "/new", body=b"x"), NEW, ok(status))
    assert answer.startswith(b"HTTP/1.1 " + status.encode())
    assert sides.waiting(LEGACY) == []


def test_only_a_503_declines(sides) -> None:
    declined = DECLINED.replace(b"503", b"502")
    _, answer = sides.exchange(request("POST", "/new", body=b"x"), NEW, declined)
    assert answer.startswith(b"HTTP/1.1 502")
    assert sides.waiting(LEGACY) == []


def test_a_declined_upload_that_is_still_coming_goes_on_at_legacy(sides) -> None:
    asked = request("POST", "/new", body=b"abcdef")
    sides.client.send(asked[:-3])
    sides.answer(NEW, DECLINED)
    sides.client.send(asked[-3:])
    assert sides.answer(LEGACY, ok("201 Created")).endswith(b"abcdef")
    assert sides.client.read().startswith(b"HTTP/1.1 201")


@pytest.mark.parametrize("path", ["/old", "/new", "/elsewhere"])
def test_nothing_is_given_while_no_route_has_a_new_side(make_rig, path) -> None:
    routes = re.sub(
        r"new: fresh, stage: \w+(, (compare|percent|fallback).*?)?\}\}$",
        "stage: legacy}}",
        ROUTES,
        flags=re.M,
    )
    routes = routes.split("  - {{name: half")[0].format(by="both")
    sides = Sides(make_rig(routes))
    _, answer = sides.exchange(request("POST", path), LEGACY, ok("201 Created"))
    assert token(answer) is None
    assert b"Fig-After-Token" not in answer
