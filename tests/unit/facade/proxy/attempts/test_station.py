"""Attempts to log in, through a whole worker: bytes in, bytes out."""

import re
from pathlib import Path
from typing import Any

import pytest

from facade.proxy.attempts.counts import AttemptCounts
from facade.runtime import memory as memory_module
from tests.rigs.facade.workers.introducing import LEGACY, Shop, ok, status

ROUTES = """
facade: {{session_cookie: sid, limits: {{repeat: 1KiB}}}}
upstreams:
  legacy: {{url: "http://legacy.test:1000"}}
  fresh:  {{url: "http://new.test:2000"}}
routes:
  - name: page
    match: GET|POST /login
    new: fresh
    stage: {stage}
    attempts: {{account: form:email, per_account: 3, per_client: 5, within: 15m}}
  - name: api
    match: POST /api/login
    new: fresh
    stage: legacy
    attempts: {{account: json:email, per_account: 3, per_client: 5, within: 15m}}
"""
NEW = 2000
WRONG = ok(b"wrong")
LOGIN = ok(b"in", more=b"Set-Cookie: sid=fresh; Path=/\r\n")
FORM = "Content-Type: application/x-www-form-urlencoded"


@pytest.fixture
def shop(make_rig: Any, tmp_path: Path) -> Shop:
    return Shop(make_rig(ROUTES.format(stage="legacy"), None, tmp_path / "memory"), None)


def form(email: str = "anna", *lines: str, path: str = "/login") -> bytes:
    body = f"email={email}&password=x"
    head = [f"POST {path} HTTP/1.1", "Host: a", FORM, f"Content-Length: {len(body)}", *lines]
    return ("\r\n".join(head) + f"\r\n\r\n{body}").encode()


def json(email: str = "anna") -> bytes:
    body = f'{{"email": "{email}", "password": "x"}}'
    head = "POST /api/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json"
    return f"{head}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


def ask(shop: Shop, request: bytes, answer: bytes = WRONG, address: str = "192.0.2.7") -> bytes:
    """The answer to one request; nobody is asked where it is refused."""
    client = shop.rig.client(address)
    client.send(request)
    for port in (LEGACY, NEW):
        for peer, _ in shop.at(port):
            peer.send(answer)
    return bytes(client.read())


def test_an_account_may_be_tried_so_often_at_both_sides_together(shop: Shop) -> None:
    assert [status(ask(shop, form())) for _ in range(2)] == [200, 200]
    shop.rig.use(ROUTES.format(stage="new"))
    assert status(ask(shop, form(), address="192.0.2.8")) == 200
    assert len(shop.peers(NEW)) == 1
    for request in (form(), form(" ANNA "), json()):
        answer = ask(shop, request, address="192.0.2.9")
        assert status(answer) == 429
        wait = re.search(rb"\r\nRetry-After: (\d+)\r\n", answer)
        assert wait and 840 < int(wait[1]) <= 900
        assert b"Too many attempts to log in. Please try again in 15 minutes." in answer
    shop.rig.use(ROUTES.format(stage="legacy"))
    assert status(ask(shop, form())) == 429
    assert status(ask(shop, form("ben"))) == 200
    assert shop.rig.counts("page")["limited"] == 3
    assert shop.rig.counts("api")["limited"] == 1


@pytest.mark.python_build
def test_what_is_left_to_wait_is_rounded_up(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AttemptCounts, "take", lambda *_: 840.2)
    answer = ask(shop, form())
    assert b"\r\nRetry-After: 841\r\n" in answer
    assert b"Please try again in 15 minutes." in answer


def test_an_address_may_try_so_many_accounts(shop: Shop) -> None:
    assert [status(ask(shop, form(f"a{number}"))) for number in range(6)] == [200] * 5 + [429]
    assert status(ask(shop, form("a9"), address="192.0.2.8")) == 200


def test_a_login_does_not_count_and_its_account_begins_again(shop: Shop) -> None:
    for _ in range(4):
        assert [status(ask(shop, form())) for _ in range(1)] == [200]
        assert status(ask(shop, form(), LOGIN)) == 200
    assert [status(ask(shop, form())) for _ in range(2)] == [200, 429], "the address has used five"


@pytest.mark.parametrize(
    "answer",
    [ok(b"no", "503 Service Unavailable"), ok(b"", "500 Internal Server Error")],
)
def test_what_no_side_could_answer_does_not_count(shop: Shop, answer: bytes) -> None:
    assert {status(ask(shop, form(), answer)) for _ in range(9)} <= {500, 503}
    assert shop.rig.counts("page")["limited"] == 0


@pytest.mark.parametrize(
    "answer",
    [
        ok(b"", "401 Unauthorized"),
        ok(b"", "400 Bad Request", b"Set-Cookie: sid=x\r\n"),
        ok(more=b"Set-Cookie: sid=; Max-Age=0\r\n"),
        ok(more=b"Set-Cookie: cart=1\r\n"),
        ok(b"", "302 Found", b"Location: /login\r\n"),
    ],
)
def test_every_other_answer_is_no_login(shop: Shop, answer: bytes) -> None:
    assert [status(ask(shop, form(), answer)) == 429 for _ in range(4)] == [False] * 3 + [True]


def test_one_that_leaves_before_the_answer_has_tried(shop: Shop) -> None:
    for _ in range(3):
        client = shop.rig.client()
        client.send(form())
        client.vanish()
    assert status(ask(shop, form())) == 429


def test_a_side_that_cannot_be_reached_was_not_tried(shop: Shop) -> None:
    for _ in range(5):
        client = shop.rig.client()
        client.send(form())
        shop.peers(LEGACY)[-1].vanish()
        assert status(bytes(client.read())) in (502, 503, 504)
    assert status(ask(shop, form())) != 429


def test_a_declined_login_is_one_attempt(shop: Shop) -> None:
    shop.rig.use(ROUTES.format(stage="new"))
    declined = ok(b"", "503 Service Unavailable", b"Fig-Declined: behind\r\n")
    for number in range(4):
        client = shop.rig.client(f"192.0.2.{number}")
        client.send(form())
        if number < 3:
            shop.answer(NEW, declined)
            assert shop.answer(LEGACY, WRONG).endswith(b"email=anna&password=x")
        assert (status(bytes(client.read())) == 429) is (number == 3)


@pytest.mark.parametrize(
    "request_",
    [
        form().replace(FORM.encode(), b"Content-Type: multipart/form-data; boundary=x"),
        form().replace(FORM.encode(), b"Content-Type: text/plain"),
        b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        b"POST /login HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
)
def test_bodies_that_name_no_account_are_one(shop: Shop, request_: bytes) -> None:
    found = [status(ask(shop, request_, address=f"192.0.2.{number}")) for number in range(4)]
    assert found == [200, 200, 200, 429]
    assert status(ask(shop, form())) == 200


def test_a_login_is_read_whole_before_a_side_is_asked(shop: Shop) -> None:
    client = shop.rig.client()
    whole = form()
    client.send(whole[:-5])
    assert shop.at(LEGACY) == []
    client.send(whole[-5:])
    assert shop.answer(LEGACY, WRONG).endswith(b"email=anna&password=x")
    assert status(bytes(client.read())) == 200


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_too_large_to_be_read_is_refused(shop: Shop, chunked: bool) -> None:
    body = b"email=anna&password=" + b"x" * 2000
    framing = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % len(body)
    sent = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if chunked else body
    head = b"POST /login HTTP/1.1\r\nHost: a\r\n%b\r\n%b\r\n\r\n" % (FORM.encode(), framing)
    assert status(ask(shop, head + sent)) == 413
    assert shop.peers(LEGACY) == []


def test_reading_the_page_is_no_attempt(shop: Shop) -> None:
    page = b"GET /login HTTP/1.1\r\nHost: a\r\n\r\n"
    assert {status(ask(shop, page)) for _ in range(9)} == {200}


def test_an_idempotency_key_means_nothing_here(shop: Shop) -> None:
    """The first answer once more would be the first session once more."""
    keyed = form("anna", "Idempotency-Key: k")
    assert [status(ask(shop, keyed)) for _ in range(4)] == [200, 200, 200, 429]


def test_without_the_memory_logins_go_on(
    shop: Shop, make_rig: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setattr(memory_module, "LOCK_SECONDS", 0.002)
    other = make_rig(ROUTES.format(stage="legacy"), None, tmp_path / "memory")
    with other.gateway.memory.open().locked():
        assert {status(ask(shop, form())) for _ in range(5)} == {200}
    assert "an attempt to log in is not counted: " in caplog.text


def test_a_page_is_refused_in_words_for_people(shop: Shop) -> None:
    for _ in range(3):
        ask(shop, form())
    answer = ask(shop, form("anna", "Accept: text/html"))
    assert status(answer) == 429 and b"<h1>Too Many Requests</h1>" in answer
