"""Limits through a whole worker: bytes in, bytes out. Every case that the page names is here, or in
test_kinds.py.
"""

import json

import pytest

from tests.rigs.facade.workers.introducing import fields, get, status
from tests.rigs.facade.workers.limited import SECOND, Limited, goods, post, text, two


def test_a_burst_is_let_through_and_then_one_for_each_interval(shop: Limited) -> None:
    assert shop.statuses(5, goods()) == [200, 200, 200, 429, 429]
    shop.now += 6 * SECOND - 1
    assert shop.statuses(1, goods()) == [429]
    shop.now += 1
    assert shop.statuses(2, goods()) == [200, 429]
    shop.now += 3600 * SECOND
    assert shop.statuses(4, goods()) == [200, 200, 200, 429], "no more than the burst is saved up"
    assert shop.counted() == {"passed": 7, "refused": 5}
    assert shop.rig.gateway.snapshot()["refused"] == {"few": {"client 192.0.2.7": 5}}


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
    assert shop.rig.gateway.snapshot()["refused"] == {"few": {"client 192.0.2.7": 2}}
    shop.use(mode="enforce")
    assert shop.statuses(1, goods()) == [429], "what was counted in shadow counts"


def test_all_workers_of_the_host_count_together(shop: Limited) -> None:
    other = shop.another()
    assert shop.statuses(2, goods()) == [200, 200]
    assert shop.statuses(2, goods(), rig=other) == [200, 429]
    assert shop.statuses(1, goods()) == [429]
    assert shop.statuses(1, goods(), rig=other, address="192.0.2.8") == [200]


def test_routes_that_name_one_limit_share_it(shop: Limited) -> None:
    assert shop.statuses(2, goods()) == [200, 200]
    assert shop.statuses(2, post("/note", b"{}")) == [200, 429]
    assert shop.counted("note") == {"passed": 1, "refused": 1}
    assert shop.statuses(3, get("/free", cookie=None)) == [200] * 3


def test_each_limit_of_a_route_holds_and_a_refused_request_takes_of_none(shop: Limited) -> None:
    shop.rig.use(two(key="['header:X-Key']"))
    key = goods("X-Key: a")
    assert shop.statuses(4, key) == [200, 200, 200, 429]
    assert shop.statuses(2, goods("X-Key: b")) == [200, 429], "few refused one, which all kept"
    answer = shop.ask(goods("X-Key: b"))
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["violated-policies"] == ["all"]
    assert fields(answer)["retry-after"] == "3600"


def test_two_limits_are_said_in_one_field(shop: Limited) -> None:
    shop.rig.use(two())
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
    shown = str(shop.rig.gateway.snapshot()["refused"])
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
def test_a_client_with_one_ipv6_address_counts_by_its_network(
    shop: Limited, first: str, second: str, same: bool
) -> None:
    shop.statuses(3, goods(), address=first)
    assert shop.statuses(1, goods(), address=second) == [429 if same else 200]


def test_a_client_is_the_one_that_a_trusted_proxy_names(shop: Limited) -> None:
    trusting = text().replace("session_cookie: sid", "trusted_proxies: [192.0.2.7]")
    shop.rig.use(trusting)
    assert shop.statuses(4, goods("X-Forwarded-For: 203.0.113.5")) == [200, 200, 200, 429]
    assert shop.statuses(1, goods("X-Forwarded-For: 203.0.113.6")) == [200]
    shop.use()
    assert shop.statuses(3, goods("X-Forwarded-For: 203.0.113.5")) == [200] * 3
    assert shop.statuses(1, goods("X-Forwarded-For: 203.0.113.9")) == [429], "nobody vouches for it"
