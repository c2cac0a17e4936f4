"""Every way in which PostgreSQL can tell the rows of a table apart in its log, or cannot."""

import pytest

from new_services.feed.log.identity import Identity, NotPublished, Unusable, common_key, key_of

ID, SKU = ("id",), ("sku",)


@pytest.mark.parametrize(
    ("identity", "key"),
    [
        (Identity("t", "d", ID), ID),
        (Identity("t", "d", ("a", "b")), ("a", "b")),
        (Identity("t", "f", ID), ID),
        (Identity("t", "i", None, index=SKU), SKU),
        (Identity("t", "i", ID, index=("id", "sku")), ID),
        (Identity("t", "i", ID, immediate=False, index=SKU), SKU),
    ],
)
def test_the_key(identity: Identity, key: tuple[str, ...]) -> None:
    assert key_of(identity) == key


@pytest.mark.parametrize(
    ("identity", "reason", "unusable"),
    [
        (Identity("t", "n", ID), "NOTHING", True),
        (Identity("t", "d"), "no primary key", True),
        (Identity("t", "f"), "no primary key", False),
        (Identity("t", "d", ID, immediate=False), "DEFERRABLE", True),
        (Identity("t", "f", ID, immediate=False), "DEFERRABLE", False),
        (Identity("t", "i", ID), "gone", True),
        (Identity("t", "i"), "gone", True),
        (Identity("t", "i", ID, index=SKU), "another index", False),
    ],
)
def test_what_is_refused(identity: Identity, reason: str, unusable: bool) -> None:
    with pytest.raises(NotPublished, match=reason) as refused:
        key_of(identity)
    assert isinstance(refused.value, Unusable) is unusable
    assert ": " in str(refused.value), "says what to do"


def test_partitions_have_the_key_of_their_table() -> None:
    assert common_key(Identity("t", "d", ID), (Identity("t_1", "f", ID),)) == ID
    with pytest.raises(NotPublished, match="t_2"):
        common_key(Identity("t", "d", ID), (Identity("t_2", "i", None, index=SKU),))
    with pytest.raises(Unusable, match="t_3"):
        common_key(Identity("t", "d", ID), (Identity("t_3", "n", ID),))
