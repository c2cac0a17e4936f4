"""Every way in which PostgreSQL can tell the rows of a table apart in its log, or cannot."""

import pytest

from new_services.feed.log.identity import (
    NotPublished,
    ReplicaIdentity,
    Unusable,
    common_key,
    key_of,
)

ID, SKU = ("id",), ("sku",)


@pytest.mark.parametrize(
    ("identity", "key"),
    [
        (ReplicaIdentity("t", "d", ID), ID),
        (ReplicaIdentity("t", "d", ("a", "b")), ("a", "b")),
        (ReplicaIdentity("t", "f", ID), ID),
        (ReplicaIdentity("t", "i", None, index=SKU), SKU),
        (ReplicaIdentity("t", "i", ID, index=("id", "sku")), ID),
        (ReplicaIdentity("t", "i", ID, immediate=False, index=SKU), SKU),
    ],
)
def test_the_key(identity: ReplicaIdentity, key: tuple[str, ...]) -> None:
    assert key_of(identity) == key


@pytest.mark.parametrize(
    ("identity", "reason", "unusable"),
    [
        (ReplicaIdentity("t", "n", ID), "NOTHING", True),
        (ReplicaIdentity("t", "d"), "no primary key", True),
        (ReplicaIdentity("t", "f"), "no primary key", False),
        (ReplicaIdentity("t", "d", ID, immediate=False), "DEFERRABLE", True),
        (ReplicaIdentity("t", "f", ID, immediate=False), "DEFERRABLE", False),
        (ReplicaIdentity("t", "i", ID), "gone", True),
        (ReplicaIdentity("t", "i"), "gone", True),
        (ReplicaIdentity("t", "i", ID, index=SKU), "another index", False),
    ],
)
def test_what_is_refused(identity: ReplicaIdentity, reason: str, unusable: bool) -> None:
    with pytest.raises(NotPublished, match=reason) as refused:
        key_of(identity)
    assert isinstance(refused.value, Unusable) is unusable
    assert ": " in str(refused.value), "says what to do"


def test_partitions_have_the_key_of_their_table() -> None:
    assert common_key(ReplicaIdentity("t", "d", ID), (ReplicaIdentity("t_1", "f", ID),)) == ID
    with pytest.raises(NotPublished, match="t_2"):
        common_key(ReplicaIdentity("t", "d", ID), (ReplicaIdentity("t_2", "i", None, index=SKU),))
    with pytest.raises(Unusable, match="t_3"):
        common_key(ReplicaIdentity("t", "d", ID), (ReplicaIdentity("t_3", "n", ID),))
