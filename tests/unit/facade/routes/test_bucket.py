"""The bucket function: fixed by vectors, even, and growing only ever adds users."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facade.routes.bucket import BUCKETS, bucket_of, random_bucket

VECTORS = json.loads((Path(__file__).parent / "bucket_vectors.json").read_text("utf-8"))["vectors"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["seed"] + vector["key"][:20])
def test_bucket_of_a_vector(vector: dict[str, object]) -> None:
    assert bucket_of(str(vector["seed"]), str(vector["key"])) == vector["bucket"]


@given(st.text(), st.text())
def test_a_bucket_is_in_range_and_always_the_same(seed: str, key: str) -> None:
    bucket = bucket_of(seed, key)
    assert 0 <= bucket < BUCKETS
    assert bucket_of(seed, key) == bucket


def test_buckets_are_even() -> None:
    tenths = Counter(bucket_of("seed", f"user-{n}") // 1000 for n in range(20_000))
    assert all(abs(count - 2000) < 200 for count in tenths.values())  # 4.7 standard deviations


def test_another_seed_deals_the_users_anew() -> None:
    both = [(bucket_of("a", str(n)) < 1000, bucket_of("b", str(n)) < 1000) for n in range(10_000)]
    assert 40 < sum(a and b for a, b in both) < 180  # independent: about 100


@given(st.floats(min_value=0, max_value=1, exclude_max=True))
def test_a_random_bucket_is_in_range(draw: float) -> None:
    assert 0 <= random_bucket(draw) < BUCKETS
