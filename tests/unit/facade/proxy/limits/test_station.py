"""Limits through a whole worker: bytes in, bytes out. Every case that the page names is here."""

import json
from pathlib import Path
from typing import Any

import pytest

from facade.proxy.limits.buckets import Buckets
from facade.runtime.memory import HostMemory
from tests.rigs.facade.introducing import LEGACY, NEW, Shop, fields, get, ok

ROUTES = """
facade: {{session_cookie: sid, limits: {{repeat: 1KiB}}}}
upstreams:
  legacy: {{url: "http://legacy.test:1000", breaker: {{minimum_calls: 1, failure_ratio: 1%}}}}
  fresh:  {{url: "http://new.test:2000", breaker: {{minimum_calls: 1, failure_ratio: 1%}}}}
limits:
  few: {{rate: {rate}, burst: 3, key: {key}, mode: {mode}}}
routes:
  - name: goods
    match: GET /goods/{{id}}
    new: fresh
    stage: {stage}
    limits: few
    compare: {{sample: {sample}}}
  - {{name: note, match: POST /note, new: fresh, stage: {stage}, limits: [few]}}
  - {{name: login, match: POST /login, stage: legacy, limits: few,
     attempts: {{account: form:email, per_account: 1}}}}
  - {{name: socket, match: GET /socket, stage: legacy, limits: few}}
  - {{name: free, match: GET /free, stage: legacy}}
"""
SECOND = 1_000_000_000


def text(**how: str) -> str:
    usual = {
        "rate": "10/m",
        "key": "[client]",
        "mode": "enforce",
        "stage": "legacy",
        "sample": "0%",
    }
    return ROUTES.format(**{**usual, **how})


def two(**how: str) -> str:
    """The file with a second limit on the first route."""
    both = text(**how).replace("    limits: few\n", "    limits: [few, all]\n", 1)
    every = "  all: {rate: 1/h, burst: 4, key: [client], mode: enforce}\n"
    return both.replace("limits:\n  few", f"limits:\n{every}  few", 1)


class Limited(Shop):
    """A shop whose clock of limits stands still."""

    def __init__(self, make_door: Any, folder: Path) -> None:
        self.make_door, self.folder = make_door, folder
        self.now = 5_000 * SECOND
        super().__init__(self.another(), None)  # type: ignore[arg-type]

    def another(self, **how: str) -> Any:
        """Another worker of the same host."""
        door = self.make_door(text(**how), None, self.folder / "memory")
        door.gateway.context.limits.clock = lambda: self.now
        return door

    def use(self, **how: str) -> None:
        self.door.use(text(**how))

    def ask(
        self, request: bytes, answer: bytes = ok(), address: str = "192.0.2.7", door: Any = None
    ) -> bytes:
        """The answer to one request; nobody is asked where it is refused."""
        before, self.door = self.door, door or self.door
        client = self.door.client(address)
        client.send(request)
        for port in (LEGACY, NEW):
            for peer, _ in self.at(port):
                peer.send(answer)
        self.door = before
        return bytes(client.read())

    def statuses(self, requests: int, request: bytes, **how: Any) -> list[int]:
        return [status(self.ask(request, **how)) for _ in range(requests)]

    def counted(self, route: str = "goods") -> dict[str, int]:
        found = self.door.counts(route)["limits"].get("few", {})
        return {name: number for name, number in found.items() if number}


@pytest.fixture
def shop(make_door: Any, tmp_path: Path) -> Limited:
    return Limited(make_door, tmp_path)


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def goods(
    *lines: str, cookie: str | None = None, method: str = "GET", path: str = "/goods/7"
) -> bytes:
    return get(path, *lines, cookie=cookie).replace(b"GET", method.encode(), 1)


def post(path: str, body: bytes, *lines: str) -> bytes:
    head = [f"POST {path} HTTP/1.1", "Host: a", f"Content-Length: {len(body)}", *lines]
    return ("\r\n".join(head) + "\r\n\r\n").encode() + body


def test_a_burst_is_let_through_and_then_one_for_each_interval(shop: Limited) -> None:
    assert shop.statuses(5, goods()) == [200, 200, 200, 429, 429]
    shop.now += 6 * SECOND - 1
    assert shop.statuses(1, goods()) == [429]
    shop.now += 1
    assert shop.statuses(2, goods()) == [200, 429]
    shop.now += 3600 * SECOND
    assert shop.statuses(4, goods()) == [200, 200, 200, 429], "no more than the burst is saved up"
    assert shop.counted() == {"passed": 7, "refused": 5}
    assert shop.door.gateway.snapshot()["refused"] == {"few": {"client 192.0.2.7": 5}}


def test_what_is_refused_says_so_as_the_draft_and_the_rfcs_want_it(shop: Limited) -> None:
    passed = fields(shop.ask(goods()))
    assert passed["ratelimit-policy"] == '"few";q=3;w=18'
    assert passed["ratelimit"] == '"few";r=2;t=6'
    shop.statuses(2, goods())
    shop.now += SECOND // 2
    head, _, body = shop.ask(goods()).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 429 Too Many Requests\r\n")
    said = fields(head)
    assert said["retry-after"] == "6", "5.5 seconds, in whole ones"
    assert said["ratelimit-policy"] == '"few";q=3;w=18'
    assert said["ratelimit"] == '"few";r=0;t=6'
    assert said["content-type"] == "application/problem+json"
    problem = json.loads(body)
    assert problem["type"] == "https://iana.org/assignments/http-problem-types#quota-exceeded"
    assert (problem["status"], problem["violated-policies"]) == (429, ["few"])
    assert problem["detail"] == "Too many requests. Please try again in 6 seconds."
    assert problem["request_id"] == said["fig-request-id"]
    page = shop.ask(goods("Accept: text/html"))
    assert b"text/html" in page and b"<h1>Too Many Requests</h1>" in page
    assert shop.ask(goods(method="HEAD")).endswith(b"\r\n\r\n"), "HEAD has no body"


def test_in_shadow_everybody_is_let_through_hears_nothing_and_is_counted(shop: Limited) -> None:
    shop.use(mode="shadow")
    answers = [shop.ask(goods()) for _ in range(5)]
    assert {status(answer) for answer in answers} == {200}
    assert not any(b"ratelimit" in answer.lower() for answer in answers)
    assert shop.counted() == {"passed": 3, "would_refuse": 2}
    assert shop.door.gateway.snapshot()["refused"] == {"few": {"client 192.0.2.7": 2}}
    shop.use(mode="enforce")
    assert shop.statuses(1, goods()) == [429], "what was counted in shadow counts"


def test_all_workers_of_the_host_count_together(shop: Limited) -> None:
    other = shop.another()
    assert shop.statuses(2, goods()) == [200, 200]
    assert shop.statuses(2, goods(), door=other) == [200, 429]
    assert shop.statuses(1, goods()) == [429]
    assert shop.statuses(1, goods(), door=other, address="192.0.2.8") == [200]


def test_routes_that_name_one_limit_share_it(shop: Limited) -> None:
    assert shop.statuses(2, goods()) == [200, 200]
    assert shop.statuses(2, post("/note", b"{}")) == [200, 429]
    assert shop.counted("note") == {"passed": 1, "refused": 1}
    assert shop.statuses(3, get("/free", cookie=None)) == [200] * 3


def test_each_limit_of_a_route_holds_and_a_refused_request_takes_of_none(shop: Limited) -> None:
    shop.door.use(two(key="['header:X-Key']"))
    key = goods("X-Key: a")
    assert shop.statuses(4, key) == [200, 200, 200, 429]
    assert shop.statuses(2, goods("X-Key: b")) == [200, 429], "few refused one, which all kept"
    answer = shop.ask(goods("X-Key: b"))
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["violated-policies"] == ["all"]
    assert fields(answer)["retry-after"] == "3600"


def test_two_limits_are_said_in_one_field(shop: Limited) -> None:
    shop.door.use(two())
    said = fields(shop.ask(goods()))
    assert said["ratelimit-policy"] == '"few";q=3;w=18, "all";q=4;w=14400'
    assert said["ratelimit"] == '"few";r=2;t=6, "all";r=3;t=3600'


# keys


@pytest.mark.parametrize(
    ("key", "mine", "others"),
    [
        ("['header:X-Key']", goods("X-Key: a"), goods("X-Key: b")),
        ("['cookie:cart']", goods(cookie="cart=a; sid=1"), goods(cookie="cart=b; sid=1")),
        ("[session]", goods(cookie="sid=a"), goods(cookie="sid=b")),
        ("['header:X-Key', session]", goods("X-Key: a", cookie="sid=1"), goods(cookie="sid=1")),
    ],
)
def test_each_key_has_its_own(shop: Limited, key: str, mine: bytes, others: bytes) -> None:
    shop.use(key=key)
    assert shop.statuses(4, mine) == [200, 200, 200, 429]
    assert shop.statuses(3, others) == [200, 200, 200]
    shown = str(shop.door.gateway.snapshot()["refused"])
    assert key[2:5] in shown and "client" not in shown
    assert " a'" not in shown and "sid=" not in shown, "what a client holds secret is not shown"


@pytest.mark.parametrize("missing", [goods(), goods("X-Key: "), goods("X-Other: a")])
def test_a_request_without_any_of_the_keys_is_not_counted(shop: Limited, missing: bytes) -> None:
    shop.use(key="['header:X-Key']")
    assert shop.statuses(5, missing) == [200] * 5
    assert shop.counted() == {"keyless": 5}


def test_a_key_of_many_bytes_is_a_key(shop: Limited) -> None:
    shop.use(key="['header:X-Key']")
    long = "a" * 14_000
    assert shop.statuses(4, goods(f"X-Key: {long}")) == [200, 200, 200, 429]
    assert shop.statuses(1, goods(f"X-Key: {long}b")) == [200]


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8:1:2::7", "2001:db8:1:2:ffff::1", True),
        ("2001:db8:1:2::7", "2001:db8:1:3::7", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("::ffff:192.0.2.7", "::ffff:192.0.2.8", False),
    ],
)
def test_whoever_has_one_ipv6_address_has_its_network(
    shop: Limited, first: str, second: str, same: bool
) -> None:
    shop.statuses(3, goods(), address=first)
    assert shop.statuses(1, goods(), address=second) == [429 if same else 200]


def test_a_client_is_the_one_that_a_trusted_proxy_names(shop: Limited) -> None:
    trusting = text().replace("session_cookie: sid", "trusted_proxies: [192.0.2.7]")
    shop.door.use(trusting)
    assert shop.statuses(4, goods("X-Forwarded-For: 203.0.113.5")) == [200, 200, 200, 429]
    assert shop.statuses(1, goods("X-Forwarded-For: 203.0.113.6")) == [200]
    shop.use()
    assert shop.statuses(3, goods("X-Forwarded-For: 203.0.113.5")) == [200] * 3
    assert shop.statuses(1, goods("X-Forwarded-For: 203.0.113.9")) == [429], "nobody vouches for it"


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
        client = shop.door.client()
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
    client = shop.door.client()
    client.send(goods())
    ((peer, _),) = shop.at(NEW)
    peer.send(b"HTTP/1.1 503 No\r\nFig-Declined: behind\r\nContent-Length: 0\r\n\r\n")
    shop.answer(LEGACY, ok())
    answer = client.read()
    assert (status(answer), fields(answer)["ratelimit"]) == (200, '"few";r=2;t=6')
    assert shop.counted() == {"passed": 1}


def test_a_copy_is_not_counted(shop: Limited) -> None:
    shop.door.use(
        text(stage="shadow", sample="100%").replace(
            "POST /note, new: fresh, stage: shadow", "POST /note, new: fresh, stage: legacy"
        )
    )
    assert shop.statuses(2, goods()) == [200, 200]
    assert shop.counted() == {"passed": 2}
    assert shop.door.counts("goods")["shadow"]["dispatched"] == 2


def test_a_refusal_asks_no_side_and_is_no_answer_of_one(shop: Limited) -> None:
    shop.use(stage="new")
    shop.statuses(9, goods())
    counts = shop.door.counts("goods")
    assert counts["requests"] == {"legacy": 0, "new": 3}
    assert (counts["failures"], counts["status"]["new"]) == ({}, {"2xx": 3})
    assert shop.at(NEW) == [], "nothing came there"
    assert set(shop.door.breakers("fresh").values()) == {"closed"}
    assert shop.door.gateway.failed.report() is None


def test_an_open_breaker_is_answered_after_the_limit(shop: Limited) -> None:
    """A request that finds no side that may be asked has been counted all the same."""
    shop.ask(goods(), answer=b"nonsense\r\n\r\n")
    assert set(shop.door.breakers("legacy").values()) == {"open"}
    assert shop.statuses(4, goods()) == [503, 503, 429, 429]


def test_the_connection_goes_on_after_a_refusal(shop: Limited) -> None:
    client = shop.door.client()
    client.send(goods() * 5)
    for _ in range(3):
        shop.answer(LEGACY, ok())
    answers = client.read()
    assert answers.count(b"HTTP/1.1 200") == 3
    assert answers.count(b"HTTP/1.1 429") == 2
    assert not client.ended


def test_a_body_that_is_refused_goes_nowhere(shop: Limited) -> None:
    shop.statuses(3, goods())
    client = shop.door.client()
    client.send(post("/note", b"x" * 100_000))
    assert status(client.read()) == 429
    expects = post("/note", b"", "Expect: 100-continue").replace(b"Length: 0", b"Length: 5")
    answer = shop.ask(expects)
    assert status(answer) == 429, "and it is not told to send its body first"
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
    assert shop.door.counts("login")["limited"] == 0
    shop.now += 60 * SECOND
    assert shop.statuses(2, login) == [200, 429]
    assert shop.door.counts("login")["limited"] == 1, "the second one is one attempt too many"


# what changes meanwhile


def test_what_a_key_has_used_outlives_a_reload(shop: Limited) -> None:
    assert shop.statuses(4, goods()) == [200, 200, 200, 429]
    shop.use(stage="new")
    assert shop.statuses(1, goods()) == [429]


def test_a_limit_with_another_rate_begins_anew(shop: Limited) -> None:
    assert shop.statuses(4, goods()) == [200, 200, 200, 429]
    shop.use(rate="60/m")
    assert shop.statuses(4, goods()) == [200, 200, 200, 429]
    shop.now += SECOND
    assert shop.statuses(2, goods()) == [200, 429]
    shop.use()
    assert shop.statuses(1, goods()) == [429], "with the first rate the first debt is back"


def test_a_limit_of_another_name_or_key_begins_anew(shop: Limited) -> None:
    assert shop.statuses(4, goods(cookie="sid=1")) == [200, 200, 200, 429]
    shop.use(key="[session]")
    assert shop.statuses(1, goods(cookie="sid=1")) == [200]
    shop.door.use(text().replace("few", "other"))
    assert shop.statuses(1, goods(cookie="sid=1")) == [200]


def test_the_clock_on_the_wall_does_not_matter(
    shop: Limited, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shop.statuses(4, goods()) == [200, 200, 200, 429]
    for jump in (1e9, -1e9):
        monkeypatch.setattr("time.time", lambda jump=jump: 1.7e9 + jump)
        assert shop.statuses(1, goods()) == [429]


def test_where_there_is_no_memory_nobody_is_refused(make_door: Any) -> None:
    shop = Shop(make_door(text()), None)  # type: ignore[arg-type]
    client = shop.door.client()
    for _ in range(5):
        client.send(goods())
        shop.answer(LEGACY, ok())
    assert client.read().count(b"HTTP/1.1 200") == 5
    assert shop.door.counts("goods")["limits"]["few"]["unchecked"] == 5


def test_a_memory_that_fails_refuses_nobody_and_says_so_once(
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
