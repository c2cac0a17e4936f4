"""The share of clients and requests against the percentage, and what a deviation may mean."""

from random import Random
from typing import Any

from facade.guard.keyshare import KeyShare, finding, key_share
from facade.guard.verdict import Kind
from facade.proxy.counting.keys import KeyCounts
from facade.routes.decision import bucket_of


def simulated(chance: Random, clients: int, requests: int, threshold: int = 2_500, **odd: Any):
    """The finding after these requests of that many clients; heavier ones ask more often."""
    keys = KeyCounts("s", threshold, lambda: 0.0)
    sides = [0, 0]
    weights = [chance.paretovariate(1.5) for _ in range(clients)]
    names = [f"c{chance.random()}" for _ in range(clients)]
    for who in chance.choices(names, weights, k=requests):
        name = str(chance.random()) if odd.get("changing") else who
        if odd.get("bot") and chance.random() < 0.7:
            name = odd["bot"]
        bucket = bucket_of("s", name) * (odd.get("hash", 1.0))
        keys.add(int(bucket))
        sides[int(bucket) < threshold] += 1
    return finding(key_share([keys.snapshot()], "s", threshold), sides[1], sides[0])


def test_even_clients_heavy_ones_and_few_ones_are_no_deviation() -> None:
    chance = Random(21)
    for clients in (3, 40, 500, 5_000):
        found = [simulated(chance, clients, 3_000) for _ in range(15)]
        assert sum(one is not None for one in found) <= 1, clients


def test_keys_that_are_not_spread_evenly() -> None:
    found = simulated(Random(22), 2_000, 4_000, hash=0.4)
    assert found is not None
    assert found.kind is Kind.PAUSE
    assert "keys belong to the new side, where 25 % should" in found.words


def test_a_deviation_says_what_it_may_mean() -> None:
    bot = next(f"bot{n}" for n in range(99) if bucket_of("s", f"bot{n}") < 2_500)
    found = simulated(Random(23), 200, 3_000, bot=bot)
    assert found is not None
    assert "of the requests (a bot?)" in found.words
    keyless = finding(KeyShare(2_500, requests=100, keyless=900, squares=100), 900, 100)
    assert keyless is not None
    assert "900 of 1,000 requests carry no key" in keyless.words


def test_a_key_that_changes_is_named() -> None:
    keys = KeyCounts("s", 2_500, lambda: 0.0)
    for bucket in range(2_000):
        keys.add(bucket * 5)
    found = finding(key_share([keys.snapshot()], "s", 2_500), 1_500, 500)
    assert found is not None
    assert "a key that changes" in found.words


def test_workers_of_one_percentage_are_added_and_others_left_out() -> None:
    one, two, old = KeyCounts("s", 500), KeyCounts("s", 500), KeyCounts("s", 100)
    one.add(3)
    two.add(3)
    two.add(4)
    old.add(9)
    counts = [keys.snapshot() for keys in (one, two, old)]
    share = key_share(counts, "s", 500)
    assert (share.requests, share.buckets, share.top) == (3, 2, 2)
    assert share.squares >= 2 * 2 + 1  # at least the true sum


def test_buckets_below_a_threshold_that_is_no_multiple_of_eight() -> None:
    keys = KeyCounts("s", 13)
    for bucket in (0, 7, 8, 12, 13, 20):
        keys.add(bucket)
    share = key_share([keys.snapshot()], "s", 13)
    assert [share.buckets_below(n) for n in (0, 8, 13, 14, 10_000)] == [0, 2, 4, 5, 6]


def test_nobody_or_everybody_cannot_deviate() -> None:
    assert finding(KeyShare(0, requests=999), 0, 999) is None
    assert finding(None, 5, 5) is None
