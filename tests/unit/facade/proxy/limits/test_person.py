"""A limit by person: the request waits until it is known whose session it carries."""

from pathlib import Path
from typing import Any

import pytest

from tests.rigs.facade.workers.introducing import LEGACY, NEW, SARA, Shop, get, ok

ROUTES = """
facade: {identity: {ask: /api/me, keep: 5s, timeout: 2s}, limits: {repeat: 1KiB}}
upstreams:
  legacy: {url: "http://legacy.test:1000"}
  fresh:  {url: "http://new.test:2000"}
limits:
  each: {rate: 1/m, burst: 2, key: ["header:X-Key", person, client], mode: enforce}
routes:
  - {name: goods, match: "GET /goods", new: fresh, stage: canary, percent: 0%, limits: each}
  - {name: note, match: "POST /note", new: fresh, stage: new, limits: each}
  - {name: login, match: "POST /login", stage: legacy, limits: each,
     attempts: {account: "form:email", per_account: 9}}
"""
NOBODY = ok(b"{}", "401 Unauthorized")


@pytest.fixture
def shop(make_rig: Any, tmp_path: Path) -> Shop:
    return Shop(make_rig(ROUTES, None, tmp_path / "memory"), None)  # type: ignore[arg-type]


def goods(session: str | None, *lines: str) -> bytes:
    return get("/goods", *lines, cookie=f"session={session}" if session else None)


def post(path: str, body: bytes, *lines: str, chunked: bool = False) -> bytes:
    framing = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}"
    head = [f"POST {path} HTTP/1.1", "Host: a", "Cookie: session=s1", framing, *lines]
    return ("\r\n".join(head) + "\r\n\r\n").encode() + body


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


def ask(shop: Shop, request: bytes, owner: bytes = ok(SARA), port: int = LEGACY) -> int:
    """The status of one request; `owner` is what legacy says of its session, where it is asked."""
    client = shop.rig.client()
    client.send(request)
    for peer, asked in shop.at(LEGACY):
        peer.send(owner if asked.startswith(b"GET /api/me") else ok())
    for side in {LEGACY, port}:
        for peer, _ in shop.at(side):
            peer.send(ok())
    return status(client.read())


def test_a_person_has_one_limit_in_all_sessions_and_from_everywhere(shop: Shop) -> None:
    assert [ask(shop, goods(session)) for session in ("s1", "s2", "s3")] == [200, 200, 429]
    ben = ok(SARA.replace(b"sara@", b"ben@"))
    assert [ask(shop, goods("s4"), ben) for _ in range(3)] == [200, 200, 429]
    shown = shop.rig.gateway.snapshot()["refused"]["each"]
    assert len(shown) == 2 and all(label.startswith("person ") for label in shown)
    assert "sara" not in str(shown)


@pytest.mark.parametrize("owner", [NOBODY, ok(b"", "500 No"), b"nonsense\r\n\r\n"])
def test_an_unknown_client_counts_by_the_next_key(shop: Shop, owner: bytes) -> None:
    assert [ask(shop, goods("s1"), owner) for _ in range(3)] == [200, 200, 429]
    assert ask(shop, goods(None)) == 429, "without a session it is the address, too"
    assert list(shop.rig.gateway.snapshot()["refused"]["each"]) == ["client 192.0.2.7"]


def test_nobody_is_asked_where_a_key_before_it_is_found(shop: Shop) -> None:
    client = shop.rig.client()
    client.send(goods("s1", "X-Key: a"))
    assert shop.answer(LEGACY, ok()).startswith(b"GET /goods")
    assert status(client.read()) == 200


def test_a_body_that_comes_meanwhile_is_sent_afterwards(shop: Shop) -> None:
    client = shop.rig.client()
    client.send(post("/note", b"5\r\nhello\r\n", chunked=True))
    client.send(b"5\r\nworld\r\n0\r\n\r\n")
    assert shop.at(NEW) == []
    shop.answer(LEGACY, ok(SARA))
    assert shop.answer(NEW, ok()).endswith(b"5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n")
    assert status(client.read()) == 200


def test_a_body_that_is_not_whole_yet_comes_later(shop: Shop) -> None:
    client = shop.rig.client()
    client.send(post("/note", b"x" * 200_000)[:100_000])
    assert client.transport.reading_paused, "it is held up while it is not known who asks"
    shop.answer(LEGACY, ok(SARA))
    assert not client.transport.reading_paused
    client.send(b"x" * 101_000)
    ((peer, request),) = shop.at(NEW)
    assert len(request) > 100_000
    peer.send(ok())
    assert status(client.read()) == 200


def test_who_is_refused_meanwhile_has_sent_a_body_for_nothing(shop: Shop) -> None:
    assert [ask(shop, goods("s7")) for _ in range(2)] == [200, 200]
    client = shop.rig.client()
    client.send(post("/note", b"hello"))
    shop.answer(LEGACY, ok(SARA))
    assert status(client.read()) == 429
    assert shop.at(NEW) == []


@pytest.mark.parametrize("size", [10, 3_000])
def test_a_key_of_idempotency_is_claimed_afterwards(shop: Shop, size: int) -> None:
    request = post("/note", b"x" * size, "Idempotency-Key: k1")
    client = shop.rig.client()
    client.send(request)
    shop.answer(LEGACY, ok(SARA))
    assert shop.answer(NEW, ok(b"first")).endswith(b"x" * size)
    assert client.read().endswith(b"first")
    client.send(request)
    if size > 1024:
        shop.answer(NEW, ok(b"second"))
    answer = client.read()
    assert answer.endswith(b"second" if size > 1024 else b"first")
    assert b"not-kept" in answer if size > 1024 else b"replayed" in answer


def test_a_chunked_body_beyond_what_a_key_may_have_goes_on_without_the_promise(shop: Shop) -> None:
    client = shop.rig.client()
    client.send(post("/note", b"", "Idempotency-Key: k1", chunked=True))
    client.send(b"10000\r\n" + b"x" * 0x10000 + b"\r\n1\r\nx\r\n")
    assert client.transport.reading_paused
    shop.answer(LEGACY, ok(SARA))
    assert not client.transport.reading_paused
    client.send(b"0\r\n\r\n")
    shop.answer(NEW, ok())
    assert b"not-kept" in client.read()


def test_what_is_malformed_is_refused_afterwards(shop: Shop) -> None:
    client = shop.rig.client()
    client.send(post("/note", b"{}", "Idempotency-Key: "))
    shop.answer(LEGACY, ok(SARA))
    assert status(client.read()) == 400


def test_a_login_is_counted_afterwards(shop: Shop) -> None:
    form = "Content-Type: application/x-www-form-urlencoded"
    client = shop.rig.client()
    client.send(post("/login", b"email=sara", form))
    shop.answer(LEGACY, ok(SARA))
    assert shop.answer(LEGACY, ok()).endswith(b"email=sara")
    assert status(client.read()) == 200


def test_a_client_that_leaves_meanwhile_takes_nothing(shop: Shop) -> None:
    client = shop.rig.client()
    client.send(post("/note", b"{}"))
    client.vanish()
    shop.answer(LEGACY, ok(SARA))
    assert shop.at(NEW) == []
    assert [ask(shop, goods("s1")) for _ in range(3)] == [200, 200, 429]


def test_one_that_waits_in_vain_counts_by_the_next_key(shop: Shop) -> None:
    client = shop.rig.client()
    client.send(goods("s1"))
    shop.rig.later(3)  # beyond identity.timeout
    ((peer, _),) = (one for one in shop.at(LEGACY) if one[1].startswith(b"GET /goods"))
    peer.send(ok())
    assert status(client.read()) == 200
    assert shop.rig.counts("goods")["limits"]["each"]["passed"] == 1
    assert set(shop.rig.breakers("legacy").values()) == {"closed"}
