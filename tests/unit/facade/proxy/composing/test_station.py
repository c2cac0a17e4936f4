"""Composed routes through a whole worker: bytes in, bytes out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.rigs.facade.workers.composed import (
    GOOD,
    JSON,
    PAGE,
    PRODUCT,
    STOCK,
    Composed,
    body,
    text,
)
from tests.rigs.facade.workers.introducing import LEGACY, NEW, fields, get, ok, status


@pytest.fixture
def shop(make_rig: Callable[..., Any], tmp_path: Path) -> Composed:
    return Composed(make_rig(text(), None, tmp_path / "memory"))


def test_all_parts_are_asked_at_once_and_answered_together(shop: Composed) -> None:
    client = shop.rig.client()
    client.send(get("/api/page/P-1?not=passed", "X-Mine: a", "Accept: text/html", cookie="sid=1"))
    asked = shop.asked()
    assert set(asked) == {"/api/products/P-1?full=1", "/api/me", "/api/stock"}
    for _, head in asked.values():
        assert b"\r\nCookie: sid=1\r\n" in head and b"\r\nX-Mine: a\r\n" in head
        assert b"\r\nAccept: application/json\r\n" in head and b"text/html" not in head
        assert b"\r\nX-Forwarded-For: 192.0.2.7\r\n" in head
    traces = {fields(head)["traceparent"][:35] for _, head in asked.values()}
    assert len(traces) == 1, "one trace"
    for target, (peer, _) in asked.items():
        assert client.read() == b""
        peer.send(next(answer for start, answer in GOOD.items() if target.startswith(start)))
    answer = client.read()
    assert status(answer) == 200
    assert answer.endswith(
        b'{"product":{"sku": "P-1", "price": 1.10},"me":{"name": "Sara"},"stock":[1,2],'
        b'"missing":{}}'
    ), "the parts' own bytes, in the order of the file"
    said = fields(answer)
    assert said["content-type"] == "application/json"
    assert said["content-length"] == str(len(answer.partition(b"\r\n\r\n")[2]))
    assert said["cache-control"] == "no-cache", "no part says for how long"
    counts = shop.parts()
    assert (counts["requests"], counts["status"], counts["partial"]) == (1, {"2xx": 1}, 0)
    assert counts["parts"] == {name: {"there": 1} for name in ("product", "me", "stock")}
    assert shop.rig.counts("page")["requests"] == {"legacy": 0, "new": 0}
    assert shop.rig.counts("product")["requests"] == {"legacy": 0, "new": 1}
    assert shop.rig.counts("me")["requests"] == {"legacy": 1, "new": 0}
    client.send(PAGE)
    assert len(shop.asked()) == 3, "the connection goes on"


def test_an_optional_part_that_fails_is_missing_and_said(shop: Composed) -> None:
    answer = shop.page({**GOOD, "/api/me": ok(b"{}", "503 No", JSON + b"Retry-After: 7\r\n")})
    assert status(answer) == 200
    assert body(answer)["me"] is None
    assert body(answer)["missing"] == {
        "me": {
            "reason": "status",
            "status": 503,
            "detail": "It was answered 503 Service Unavailable.",
            "retry_after": 7,
        }
    }
    assert fields(answer)["cache-control"] == "no-store", "half an answer is not kept"
    assert (shop.parts()["partial"], shop.parts()["parts"]["me"]) == (1, {"status": 1})


@pytest.mark.parametrize(
    ("part", "wanted", "reason"),
    [
        (ok(b"{}", "404 Not Found", JSON), 404, "status"),
        (ok(b"{}", "401 Unauthorized", JSON), 401, "status"),
        (ok(b"{}", "429 Too Many Requests", JSON), 429, "limited"),
        (ok(b"{}", "500 Broken", JSON), 502, "status"),
        (ok(b"{}", "503 Later", JSON), 503, "status"),
        (ok(b"", "302 Found", b"Location: /login\r\n"), 502, "status"),
        (b"nonsense\r\n\r\n", 502, "unavailable"),
        (ok(b"<p>", more=b"Content-Type: text/html\r\n"), 502, "not-json"),
        (ok(b"{", more=JSON), 502, "not-json"),
        (ok(b'{"a": NaN}', more=JSON), 502, "not-json"),
        (ok(b"{}"), 502, "not-json"),
        (ok(b"{}", more=JSON + b"Content-Encoding: gzip\r\n"), 502, "not-json"),
        (ok(b'"' + b"a" * 300_000 + b'"', more=JSON), 502, "too-large"),
        (ok(b'"' + b"a" * 900_000 + b'"', more=JSON), 502, "too-large"),
    ],
)
def test_a_required_part_that_fails_decides_the_status(
    shop: Composed, part: bytes, wanted: int, reason: str
) -> None:
    answer = shop.page({"/api/stock": part})
    assert status(answer) == wanted, "at once: nobody waits for the others"
    assert fields(answer)["content-type"] == "application/problem+json"
    said = body(answer)
    assert (said["status"], said["part"]) == (wanted, "stock")
    assert said["missing"]["stock"]["reason"] == reason
    assert said["detail"].startswith("The part 'stock' is missing. ")
    assert shop.parts()["parts"] == {"stock": {reason: 1}}
    shop.rig.later(1.0)
    assert all(peer.ended for peer in shop.peers(NEW)), "the product is not wanted any more"
    assert shop.rig.counts("product")["failures"] == {}, "it was let go, and did not fail"


def test_what_a_client_needs_of_a_refused_part_is_passed_on(shop: Composed) -> None:
    more = JSON + b"Retry-After: 9\r\nWWW-Authenticate: Bearer\r\nX-Other: a\r\n"
    said = fields(shop.page({"/api/stock": ok(b"{}", "401 No", more)}))
    assert (said["retry-after"], said["www-authenticate"]) == ("9", "Bearer")
    assert "x-other" not in said


def test_a_part_in_the_middle_of_its_answer_is_missing_when_that_breaks_off(
    shop: Composed,
) -> None:
    client = shop.rig.client()
    client.send(PAGE)
    peer, _ = shop.asked()["/api/stock"]
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n" + JSON + b"\r\n[1")
    peer.vanish()
    answer = client.read()
    assert (status(answer), body(answer)["missing"]["stock"]["reason"]) == (502, "broken")


def test_parts_that_stream_or_have_no_body_are_taken_whole(shop: Composed) -> None:
    chunks = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + JSON + b"\r\n3\r\n[1,\r\n2\r\n2]\r\n"
    )
    answer = shop.page({
        **GOOD,
        "/api/stock": chunks + b"0\r\n\r\n",
        "/api/me": b"HTTP/1.1 204 No Content\r\n\r\n",
    })  # fmt: skip
    assert (body(answer)["stock"], body(answer)["me"]) == ([1, 2], None)
    assert body(answer)["missing"] == {}, "it is there, and empty"


def test_what_is_not_there_at_the_deadline_is_missing(shop: Composed) -> None:
    client = shop.rig.client()
    client.send(PAGE)
    for target, (peer, _) in shop.asked().items():
        if target != "/api/me":
            peer.send(GOOD[target.rpartition("/")[0] if "products" in target else target])
    shop.rig.later(2.9)
    assert client.read() == b""
    shop.rig.later(0.4)
    answer = client.read()
    assert status(answer) == 200
    assert body(answer)["missing"]["me"] == {
        "reason": "late",
        "status": 504,
        "detail": "The service behind this address took longer than this request may take.",
    }
    assert shop.rig.counts("me")["failures"] == {"legacy.deadline": 1}


def test_a_required_part_that_is_late_is_a_504(shop: Composed) -> None:
    client = shop.rig.client()
    client.send(PAGE)
    shop.rig.later(3.4)
    answer = client.read()
    assert status(answer) == 504
    assert body(answer)["part"] == "product", "the first of the file"
    assert {one["reason"] for one in body(answer)["missing"].values()} == {"late"}


def test_a_part_whose_own_route_allows_less_has_less(shop: Composed) -> None:
    shop.rig.use(text(me=", timeout: 1s"))
    client = shop.rig.client()
    client.send(PAGE)
    shop.rig.later(1.4)
    asked = shop.rig.counts("me")["failures"]
    assert asked == {"legacy.deadline": 1}
    assert client.read() == b"", "the others still have time"


def test_limits_of_its_own_route_hold_for_a_part(shop: Composed) -> None:
    shop.rig.use(text(me=", limits: few"))
    assert body(shop.page(GOOD))["missing"] == {}
    found = body(shop.page(GOOD))["missing"]["me"]
    assert (found["reason"], found["status"]) == ("limited", 429)
    assert found["retry_after"] == 3600
    assert shop.rig.counts("me")["limits"]["few"]["refused"] == 1


def test_a_required_part_that_a_limit_refuses_is_a_429_that_says_when(shop: Composed) -> None:
    shop.rig.use(text(more=", limits: few"))
    shop.page(GOOD)
    client = shop.rig.client()
    client.send(PAGE)
    answer = client.read()
    assert status(answer) == 429
    assert fields(answer)["retry-after"] == "3600"
    assert fields(answer)["ratelimit"].startswith('"few";r=0')
    assert shop.asked() == {}, "the other parts were not even asked"


def test_a_part_falls_back_as_its_route_does(shop: Composed) -> None:
    client = shop.rig.client()
    client.send(PAGE)
    for target, (peer, _) in shop.asked().items():
        peer.send(b"nonsense\r\n\r\n" if "products" in target else GOOD[target])
    shop.answer(LEGACY, PRODUCT)
    assert body(client.read())["product"]["sku"] == "P-1"
    assert shop.rig.counts("product")["fallbacks"] == 1
    assert set(shop.rig.breakers("fresh").values()) == {"open"}
    answers = shop.page(GOOD)
    assert status(answers) == 200, "its breaker is open: legacy answers"
    assert shop.rig.counts("product")["diverted"] == 1


def test_a_part_is_copied_and_compared_as_its_route_says(shop: Composed) -> None:
    shop.rig.use(text(stage="shadow", more=", compare: {sample: 100%}"))
    client = shop.rig.client()
    client.send(PAGE)
    waits = [*shop.at(LEGACY), *shop.at(NEW)]
    for peer, data in waits:
        target = data.split(b" ")[1].decode()
        peer.send(next(answer for start, answer in GOOD.items() if target.startswith(start)))
    assert status(client.read()) == 200
    assert len(waits) == 4, "three parts and a copy"
    (pair,) = shop.rig.channel.pairs
    assert (pair.meta["route"], pair.meta["target"]) == ("product", "/api/products/P-1?full=1")


def test_where_no_part_is_there_the_first_decides(shop: Composed) -> None:
    no = ok(b"{}", "403 No", JSON)
    answer = shop.page({"/api/me": no, "/b": ok(b"{}", "404 No", JSON)}, get("/api/any"))
    assert (status(answer), body(answer)["part"]) == (403, "a")
    assert set(body(answer)["missing"]) == {"a", "b"}
    good = shop.page({"/api/me": no, "/b": STOCK}, get("/api/any"))
    assert (status(good), body(good)["a"], body(good)["b"]) == (200, None, [1, 2])


def test_head_has_the_head_of_get(shop: Composed) -> None:
    whole = shop.page(GOOD)
    answer = shop.page(GOOD, PAGE.replace(b"GET", b"HEAD", 1))
    assert answer.endswith(b"\r\n\r\n")
    assert fields(answer)["content-length"] == fields(whole)["content-length"]


def test_a_client_that_leaves_takes_its_parts_with_it(shop: Composed) -> None:
    client = shop.rig.client()
    client.send(PAGE)
    assert len(shop.asked()) == 3
    client.vanish()
    assert all(peer.ended for port in (LEGACY, NEW) for peer in shop.peers(port))
    assert shop.rig.gateway.counters.client.aborted == 1, "one client, not four"


@pytest.mark.parametrize(
    "line", ["If-None-Match: a", "Range: bytes=0-1", "Idempotency-Key: k", "Accept-Encoding: br",
             "Upgrade: websocket\r\nConnection: Upgrade"],
)  # fmt: skip
def test_what_concerns_the_whole_alone_is_not_asked_of_parts(shop: Composed, line: str) -> None:
    client = shop.rig.client()
    client.send(get("/api/page/P-1", line, cookie=None))
    for _, head in shop.asked().values():
        assert line.split(":")[0].lower() not in fields(head)


def test_a_body_is_read_and_goes_nowhere(shop: Composed) -> None:
    request = PAGE.replace(b"Host", b"Content-Length: 3\r\nHost") + b"abc"
    client = shop.rig.client()
    client.send(request + PAGE)
    asked = shop.asked()
    assert not any(b"ontent-" in head for _, head in asked.values())
    for target, (peer, _) in asked.items():
        peer.send(next(answer for start, answer in GOOD.items() if target.startswith(start)))
    assert status(client.read()) == 200
    assert len(shop.asked()) == 3, "the next request on the connection"


def test_cookies_of_parts_reach_the_client_once_each(shop: Composed) -> None:
    more = JSON + b"Set-Cookie: a=1\r\nCache-Control: public, max-age=9\r\n"
    answer = shop.page({
        "/api/products": ok(b"1", more=more), "/api/stock": ok(b"2", more=more),
        "/api/me": ok(b"3", more=more + b"Set-Cookie: b=2\r\n"),
    })  # fmt: skip
    assert answer.count(b"Set-Cookie: a=1\r\n") == 1 and b"Set-Cookie: b=2\r\n" in answer
    assert fields(answer)["cache-control"] == "private, max-age=9"


def test_a_parameter_is_written_into_a_part_and_leads_nowhere_else(shop: Composed) -> None:
    client = shop.rig.client()
    client.send(get("/api/page/a%20b%3Fc", cookie=None))
    assert "/api/products/a%20b%3Fc?full=1" in shop.asked()
    answer = shop.page({}, get("/api/page/..%2fme", cookie=None))
    assert status(answer) == 400


def test_a_preflight_of_a_composed_route_is_legacys(shop: Composed) -> None:
    asks = get("/api/page/P-1", "Origin: http://b", "Access-Control-Request-Method: GET")
    client = shop.rig.client()
    client.send(asks.replace(b"GET", b"OPTIONS", 1))
    shop.answer(LEGACY, b"HTTP/1.1 204 No Content\r\n\r\n")
    assert status(client.read()) == 204


def test_the_decision_says_that_it_was_composed(shop: Composed) -> None:
    shop.rig.use(text(expose="true"))
    said = fields(shop.page(GOOD))["fig-decision"]
    assert said.startswith("side=composed; ") and "reason=composed" in said
