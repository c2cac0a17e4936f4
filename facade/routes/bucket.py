"""Which of 10,000 buckets a key falls into; new side first, so that growing only adds users.

`tests/unit/facade/routes/bucket_vectors.json` fixes the function for other languages.
"""

from mmh3 import hash as murmur3_32

BUCKETS = 10_000


def bucket_of(seed: str, key: str) -> int:
    """The bucket, 0..9999, of `key` under `seed` (both UTF-8): evenly spread, the same anywhere."""
    return (int(murmur3_32(seed + key, 0, False)) * BUCKETS) >> 32


def random_bucket(draw: float) -> int:
    """The bucket of a request without a key; `draw` lies in [0, 1)."""
    return int(draw * BUCKETS)
