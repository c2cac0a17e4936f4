"""How much a limit lets through."""

import random

import pytest

from facade.routes.config.limitfile import Rate
from facade.routes.limits.limit import Limit, network_of, written_rate

SECOND = 1_000_000_000


def limit(interval: int = 6 * SECOND, burst: int = 3) -> Limit:
    return Limit("few", interval, burst, (), True, b"")


def test_a_key_that_owes_nothing_has_its_burst() -> None:
    one, until, now = limit(), 0, 100 * SECOND
    seen = []
    for _ in range(4):
        arrival = one.arrive(until, now)
        seen.append((arrival.left, arrival.wait // SECOND))
        until = arrival.until
    assert seen == [(2, 6), (1, 6), (0, 6), (-1, 6)]
    assert until == now + 18 * SECOND, "what is refused adds nothing"


def test_it_says_when_one_more_is_left() -> None:
    one, now = limit(), 100 * SECOND
    until = one.arrive(0, now).until
    later = one.arrive(until, now + 4 * SECOND)
    assert (later.left, later.wait) == (1, 2 * SECOND), "it owes 8 of 18 seconds, and 6 soon"
    full = one.arrive(now + 18 * SECOND, now + SECOND)
    assert full.refused and full.wait == 5 * SECOND
    assert not one.arrive(full.until, now + SECOND + full.wait).refused
    assert one.arrive(full.until, now + SECOND + full.wait - 1).refused


@pytest.mark.parametrize("seed", range(20))
def test_no_window_lets_more_through_than_the_bound_and_none_that_waits_long_is_refused(
    seed: int,
) -> None:
    chance = random.Random(seed)
    one = limit(chance.randint(1, 50), chance.randint(1, 9))
    now, until, passed = 0, 0, []
    for _ in range(400):
        now += chance.choice((0, 0, 1, chance.randint(0, 3 * one.interval)))
        arrival = one.arrive(until, now)
        until = arrival.until
        if not arrival.refused:
            passed.append(now)
    for at, first in enumerate(passed):
        for behind, last in enumerate(passed[at:], 1):
            assert behind <= one.burst + (last - first) / one.interval
    # as a bucket of tokens that fills all the time, counted the other way round
    assert len(passed) >= min(400, one.burst) / 2


def test_a_token_bucket_lets_the_same_through() -> None:
    one, chance = limit(10, 4), random.Random(7)
    tokens, then, now, until = 4.0, 0, 0, 0
    for _ in range(5_000):
        now += chance.randint(0, 12)
        tokens, then = min(4.0, tokens + (now - then) / 10), now
        arrival = one.arrive(until, now)
        until = arrival.until
        assert arrival.refused is (tokens < 1 - 1e-9)
        if not arrival.refused:
            tokens -= 1
            assert arrival.left == int(tokens + 1e-9)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix:", "unix:"),
        ("", ""),
    ],
)
def test_an_address_counts_as_its_network(address: str, counted: str) -> None:
    assert network_of(address) == counted


@pytest.mark.parametrize("text", ["5/s", "10/m", "200/h", "1000/d"])
def test_rates_are_written_as_they_are_read(text: str) -> None:
    seconds = {"s": 1, "m": 60, "h": 3600, "d": 86_400}[text[-1]]
    assert written_rate(Rate(int(text[:-2]), seconds)) == text


def test_the_first_key_that_is_found_counts() -> None:
    def header(headers: object, _path: str, _client: str) -> str | None:
        value = dict(headers).get(b"x-key")  # type: ignore[call-overload]
        return None if value is None else str(value.decode())

    keys = (("header:X-Key", header), ("person", lambda *_: None), ("client", lambda *a: a[2]))
    one = Limit("few", 1, 1, keys, True, b"")
    with_key = [(b"x-key", b"a")]
    assert one.asks([], "/", "c", {}) and not one.asks(with_key, "/", "c", {})
    assert one.key(with_key, "/", "c", {}) == ("header:X-Key", "a")
    assert one.key([], "/", "c", {"person": "ada@example.org"}) == ("person", "ada@example.org")
    assert one.key([], "/", "c", {"person": ""}) == ("client", "c")
    assert one.key([], "/", "", {}) is None
    assert not Limit("few", 1, 1, keys[:1], True, b"").asks([], "/", "c", {})


def test_another_rate_is_another_kind() -> None:
    assert len({limit(*how).kind("client") for how in ((1, 2), (2, 1), (1, 1))}) == 3
