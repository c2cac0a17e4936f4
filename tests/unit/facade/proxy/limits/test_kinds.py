"""Which requests a limit counts, and what it remembers, through a whole worker."""

from typing import Any

import pytest

from facade.proxy.limits.buckets import Buckets
from facade.runtime.memory import HostMemory
from tests.rigs.facade.workers.introducing import LEGACY, NEW, Shop, fields, ok, status
from tests.rigs.facade.workers.limited import SECOND, Limited, goods, post, text

# kinds of requests


def test_head_counts_as_get_does(shop: Limited) -> None:
    assert shop.statuses(2, goods()) == [200, 200]
    assert shop.statuses(2, goods(method="HEAD"), answer=b"HTTP/1.1 200 OK\r\n\r\n") == [200, 429]


def test_a_preflight_is_neither_counted_nor_refused(shop: Limited) -> None:
    asks = goods("Origin: http://b", "Access-Control-Request-Method: GET", method="OPTIONS")
    assert shop.statuses(9, asks) == [200] * 9
    assert shop.statuses(4, goods()) == [200, 200, 200, 429]
    assert shop.statuses(1, asks) == [200]
    assert shop.counted() == {"passed": 3, "refused": 1}


def test_what_no_route_names_is_not_counted(shop: Limited) -> None:
    assert shop.statuses(9, goods(path="/elsewhere")) == [200] * 9
    assert shop.statuses(9, goods(method="OPTIONS")) == [200] * 9, "no route names this method"


def test_no_other_spelling_leads_past_a_limit_that_refuses(shop: Limited) -> None:
    assert status(shop.ask(goods(path="//goods/7"))) == 400
    shop.use(mode="shadow")
    assert status(shop.ask(goods(path="//goods/7"))) == 200, "in shadow nobody is refused"


def test_a_websocket_counts_once_when_it_is_opened(shop: Limited) -> None:
    opens = goods("Upgrade: websocket", "Connection: Upgrade", path="/socket")
    for _ in range(3):
        client = shop.rig.client()
        client.send(opens)
        ((peer, _),) = shop.at(LEGACY)
        peer.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                  b"Connection: Upgrade\r\n\r\n")  # fmt: skip
        assert status(client.read()) == 101
        for _ in range(9):
            client.send(b"frame")
            assert peer.read() == b"frame"
    assert status(shop.ask(opens)) == 429
    assert shop.counted("socket") == {"passed": 3, "refused": 1}


def test_a_request_that_falls_back_or_is_sent_again_counts_once(shop: Limited) -> None:
    shop.use(stage="new")
    client = shop.rig.client()
    client.send(goods())
    ((peer, _),) = shop.at(NEW)
    peer.send(b"HTTP/1.1 503 No\r\nFig-Declined: behind\r\nContent-Length: 0\r\n\r\n")
    shop.answer(LEGACY, ok())
    answer = client.read()
    assert (status(answer), fields(answer)["ratelimit"]) == (200, '"few";r=2;t=6')
    assert shop.counted() == {"passed": 1}


def test_a_copy_is_not_counted(shop: Limited) -> None:
    shop.rig.use(
        text(stage="shadow", sample="100%").replace(
            "POST /note, new: fresh, stage: shadow", "POST /note, new: fresh, stage: legacy"
        )
    )
    assert shop.statuses(2, goods()) == [200, 200]
    assert shop.counted() == {"passed": 2}
    assert shop.rig.counts("goods")["shadow"]["dispatched"] == 2


def test_a_refusal_asks_no_side_and_is_no_answer_of_one(shop: Limited) -> None:
    shop.use(stage="new")
    shop.statuses(9, goods())
    counts = shop.rig.counts("goods")
    assert counts["requests"] == {"legacy": 0, "new": 3}
    assert (counts["failures"], counts["status"]["new"]) == ({}, {"2xx": 3})
    assert shop.at(NEW) == [], "nothing came there"
    assert set(shop.rig.breakers("fresh").values()) == {"closed"}
    assert shop.rig.gateway.failed.report() is None


def test_an_open_breaker_is_answered_after_the_limit(shop: Limited) -> None:
    """A request that finds no side that may be asked has been counted all the same."""
    shop.ask(goods(), answer=b"nonsense\r\n\r\n")
    assert set(shop.rig.breakers("legacy").values()) == {"open"}
    assert shop.statuses(4, goods()) == [503, 503, 429, 429]


def test_the_connection_goes_on_after_a_refusal(shop: Limited) -> None:
    client = shop.rig.client()
    client.send(goods() * 5)
    for _ in range(3):
        shop.answer(LEGACY, ok())
    answers = client.read()
    assert answers.count(b"HTTP/1.1 200") == 3
    assert answers.count(b"HTTP/1.1 429") == 2
    assert not client.ended


def test_a_body_that_is_refused_goes_nowhere(shop: Limited) -> None:
    shop.statuses(3, goods())
    client = shop.rig.client()
    client.send(post("/note", b"x" * 100_000))
    assert status(client.read()) == 429
    expects = post("/note", b"", "Expect: 100-continue").replace(b"Length: 0", b"Length: 5")
    answer = shop.ask(expects)
    assert status(answer) == 429, "and it gets no 100 Continue before that"
    assert shop.peers(LEGACY)[3:] == []


def test_a_replay_counts_and_a_refused_key_is_as_new(shop: Limited) -> None:
    keyed = post("/note", b"{}", "Idempotency-Key: k1", "Authorization: me")
    assert status(shop.ask(keyed)) == 200
    again = shop.ask(keyed)
    assert fields(again)["fig-idempotency"] == "replayed"
    assert fields(again)["ratelimit"] == '"few";r=1;t=6', "a replay counts"
    other = post("/note", b"{}", "Idempotency-Key: k2", "Authorization: me")
    assert shop.statuses(1, goods()) == [200]
    assert status(shop.ask(other)) == 429
    shop.now += 6 * SECOND
    assert b"Fig-Idempotency" not in shop.ask(other)


def test_a_refused_login_is_no_attempt(shop: Limited) -> None:
    shop.statuses(3, goods())
    form = "Content-Type: application/x-www-form-urlencoded"
    login = post("/login", b"email=anna&password=x", form)
    assert shop.statuses(2, login) == [429, 429]
    assert shop.rig.counts("login")["limited"] == 0
    shop.now += 60 * SECOND
    assert shop.statuses(2, login) == [200, 429]
    assert shop.rig.counts("login")["limited"] == 1, "the second one is one attempt too many"


# what changes meanwhile


def test_what_a_key_has_used_outlives_a_reload(shop: Limited) -> None:
    assert shop.statuses(4, goods()) == [200, 200, 200, 429]
    shop.use(stage="new")
    assert shop.statuses(1, goods()) == [429]


def test_a_limit_with_another_rate_begins_again(shop: Limited) -> None:
    assert shop.statuses(4, goods()) == [200, 200, 200, 429]
    shop.use(rate="60/m")
    assert shop.statuses(4, goods()) == [200, 200, 200, 429]
    shop.now += SECOND
    assert shop.statuses(2, goods()) == [200, 429]
    shop.use()
    assert shop.statuses(1, goods()) == [429], "with the first rate the first debt is back"


def test_a_limit_of_another_name_or_key_begins_again(shop: Limited) -> None:
    assert shop.statuses(4, goods(cookie="sid=1")) == [200, 200, 200, 429]
    shop.use(key="[session]")
    assert shop.statuses(1, goods(cookie="sid=1")) == [200]
    shop.rig.use(text().replace("few", "other"))
    assert shop.statuses(1, goods(cookie="sid=1")) == [200]


def test_the_clock_on_the_wall_does_not_matter(
    shop: Limited, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shop.statuses(4, goods()) == [200, 200, 200, 429]
    for jump in (1e9, -1e9):
        monkeypatch.setattr("time.time", lambda jump=jump: 1.7e9 + jump)
        assert shop.statuses(1, goods()) == [429]


def test_where_there_is_no_memory_no_request_is_refused(make_rig: Any) -> None:
    shop = Shop(make_rig(text()), None)  # type: ignore[arg-type]
    client = shop.rig.client()
    for _ in range(5):
        client.send(goods())
        shop.answer(LEGACY, ok())
    assert client.read().count(b"HTTP/1.1 200") == 5
    assert shop.rig.counts("goods")["limits"]["few"]["unchecked"] == 5


def test_a_memory_that_fails_refuses_no_request_and_says_so_once(
    shop: Limited, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.statuses(3, goods())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("facade.runtime.debts.Debts.find", full)
        assert shop.statuses(4, goods()) == [200] * 4
    said = [record for record in caplog.records if "not counted" in record.message]
    assert len(said) == 1 and "No space left" in said[0].message
    assert shop.counted() == {"passed": 3, "unchecked": 4}
    assert shop.statuses(1, goods()) == [429]


def test_buckets_without_a_memory_take_nothing() -> None:
    assert Buckets(HostMemory(None)).take([]) is None
