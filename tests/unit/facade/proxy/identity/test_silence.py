"""What becomes of a request while legacy does not say who is asking."""

import pytest

from tests.rigs.facade.workers.asking import NOBODY, ROUTES, SILENT, is_probe
from tests.rigs.facade.workers.introducing import LEGACY, NEW, SARA, Shop, fields, get, ok, post


@pytest.mark.parametrize("how", [*SILENT, "time", "closes"])
def test_no_answer_is_never_an_anonymous_order(shop: Shop, how: str) -> None:
    client = shop.rig.client()
    client.send(post("/order"))
    if how == "time":
        shop.rig.later(3.0)
    elif how == "closes":
        shop.peers(LEGACY)[0].vanish()
    else:
        shop.answer(LEGACY, SILENT[how])
    said = client.read()
    assert said.startswith(b"HTTP/1.1 503 ")
    assert b"who is asking" in said
    assert shop.peers(NEW) == []
    assert shop.rig.counts("order")["failures"] == {"new.identity": 1}


def test_a_read_goes_to_legacy_where_it_may(shop: Shop) -> None:
    client = shop.rig.client()
    client.send(get("/mine"))
    shop.answer(LEGACY, SILENT["error"])
    request = shop.answer(LEGACY, ok(b"by legacy"))
    assert request.startswith(b"GET /mine ")
    assert fields(request)["cookie"] == "session=s1"
    assert client.read().endswith(b"by legacy")
    client.send(get("/only"))
    shop.answer(LEGACY, SILENT["error"])
    assert client.read().startswith(b"HTTP/1.1 503 ")


def test_the_last_word_counts_while_legacy_is_silent(shop: Shop) -> None:
    shop.rig.use(ROUTES.replace("ask: /api/me", "ask: /api/me, keep_silent: 2m"))
    client = shop.rig.client()
    client.send(get("/mine"))
    shop.answer(LEGACY, ok(SARA))
    shop.answer(NEW, ok())
    shop.rig.later(60.0)
    client.read()
    client.send(post("/order"))
    shop.answer(LEGACY, SILENT["error"])
    assert "fig-identity" in fields(shop.answer(NEW, ok()))
    client.send(post("/order"))
    assert shop.at(LEGACY) == [], "legacy is left alone for a moment"
    shop.answer(NEW, ok())
    shop.rig.later(61.0)
    client.read()
    client.send(post("/order"))
    shop.answer(LEGACY, SILENT["error"])
    assert client.read().startswith(b"HTTP/1.1 503 "), "too long ago"


def test_failing_questions_open_a_breaker_of_their_own(shop: Shop) -> None:
    client = shop.rig.client()
    for number in range(8):
        client.send(get("/only", cookie=f"session={number}"))
        shop.answer(LEGACY, SILENT["error"])
    client.send(get("/only"))
    assert shop.at(LEGACY) == []
    assert client.read().count(b"HTTP/1.1 503 ") == 9
    assert shop.rig.breakers("legacy")["identity"] == "open"
    assert shop.rig.breakers("legacy")["read"] == "closed"


def test_when_legacy_answers_again_no_question_is_held_back(shop: Shop) -> None:
    """A question is small, and without its answer a customer gets 503: no ramp."""
    client = shop.rig.client()
    for number in range(20):
        client.send(get("/only", cookie=f"session={number}"))
        if shop.at(LEGACY):
            shop.peers(LEGACY)[-1].send(SILENT["error"])
    client.read()
    shop.rig.later(5.25)
    assert is_probe(shop.answer(LEGACY, NOBODY))
    for number in range(2):
        client.send(get("/only", cookie=f"session={number}"))
        shop.answer(LEGACY, ok(SARA))
        shop.answer(NEW, ok())
    assert shop.rig.breakers("legacy")["identity"] != "open"
    for number in range(2, 40):
        client.send(get("/only", cookie=f"session={number}"))
        shop.answer(LEGACY, ok(SARA))
        shop.answer(NEW, ok())
    assert b"HTTP/1.1 503 " not in client.read()


def outage(shop: Shop) -> None:
    """Legacy fails until the breaker opens; then its customers are gone."""
    client = shop.rig.client()
    for number in range(8):
        client.send(get("/only", cookie=f"session={number}"))
        shop.answer(LEGACY, SILENT["error"])
    assert shop.rig.breakers("legacy")["identity"] == "open"
    shop.rig.later(4.75)
    assert shop.at(LEGACY) == []


def test_after_an_outage_the_breaker_closes_also_where_no_customer_asks(shop: Shop) -> None:
    outage(shop)
    for _ in range(3):
        shop.rig.later(0.25)
        assert is_probe(shop.answer(LEGACY, NOBODY))
    shop.rig.later(0.25)
    assert shop.rig.breakers("legacy")["identity"] == "closed"
    assert shop.at(LEGACY) == [], "well again, nobody is asked for nothing"


def test_while_it_goes_on_one_question_is_asked_each_time(shop: Shop) -> None:
    outage(shop)
    for _ in range(3):
        shop.rig.later(0.5)
        assert is_probe(shop.answer(LEGACY, SILENT["error"]))
        assert shop.rig.breakers("legacy")["identity"] == "open"
        shop.rig.later(4.5)
        assert shop.at(LEGACY) == []


def test_questions_of_our_own_are_not_counted_as_customers(shop: Shop) -> None:
    outage(shop)
    before = shop.rig.gateway.snapshot()["identity"]
    shop.rig.later(0.25)
    shop.answer(LEGACY, NOBODY)
    assert shop.rig.gateway.snapshot()["identity"] == before


def test_a_copy_of_an_unknown_sender_is_shed(shop: Shop) -> None:
    client = shop.rig.client()
    client.send(get("/seen"))
    waiting = {request.split(b" ")[1]: peer for peer, request in shop.at(LEGACY)}
    waiting[b"/api/me"].send(SILENT["error"])
    waiting[b"/seen"].send(ok(b"old"))
    assert client.read().endswith(b"old")
    assert shop.rig.counts("seen")["shadow"]["shed"] == {"identity": 1}
    assert shop.rig.counts("seen")["shadow"]["dispatched"] == 0


def test_failing_questions_of_copies_open_no_breaker(shop: Shop) -> None:
    client = shop.rig.client()
    for number in range(40):
        client.send(get("/seen", cookie=f"session={number}"))
        for peer, request in shop.at(LEGACY):
            peer.send(SILENT["error"] if b"/api/me" in request else ok())
    assert shop.rig.breakers("legacy")["identity"] == "closed"


def closed(shop: Shop, port: int) -> None:
    """No connection to this side is open: the next request has to wait for one."""
    for peer in shop.peers(port):
        peer.vanish()


def test_while_no_question_may_be_asked_a_read_goes_to_legacy_whole(shop: Shop) -> None:
    outage(shop)
    closed(shop, LEGACY)
    client = shop.rig.client()
    client.send(get("/mine"))
    request = shop.answer(LEGACY, ok(b"by legacy"))
    assert request.startswith(b"GET /mine HTTP/1.1\r\n")
    assert client.read().endswith(b"by legacy")


@pytest.mark.parametrize("asked", [get("/mine"), post("/order", b'{"a":1}')], ids=["GET", "POST"])
def test_and_with_the_last_word_it_goes_to_the_new_side_whole(shop: Shop, asked: bytes) -> None:
    shop.rig.use(ROUTES.replace("ask: /api/me", "ask: /api/me, keep_silent: 2m"))
    shop.rig.client().send(get("/mine"))
    shop.answer(LEGACY, ok(SARA))
    shop.answer(NEW, ok())
    shop.rig.later(6.0)
    stranger = shop.rig.client()
    while shop.rig.breakers("legacy")["identity"] != "open":
        stranger.send(get("/only", cookie="session=s2"))
        shop.answer(LEGACY, SILENT["error"])
    closed(shop, NEW)
    shop.rig.client().send(asked)
    request = shop.answer(NEW, ok())
    assert request.split(b" HTTP/1.1")[0] == asked.split(b" HTTP/1.1")[0]
    assert "fig-identity" in fields(request)
    assert request.partition(b"\r\n\r\n")[2] == asked.partition(b"\r\n\r\n")[2]
