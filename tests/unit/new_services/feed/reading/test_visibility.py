"""What a snapshot has seen, also when transaction numbers start over."""

from new_services.feed.reading.visibility import REMEMBERED, Recent, Seen


def test_older_than_the_end_and_not_running():
    seen = Seen("10:20:12,15")
    assert [xid for xid in (9, 12, 14, 15, 19, 20, 21) if xid in seen] == [9, 14, 19]


def test_numbers_start_over_after_four_billion():
    epoch = 3 << 32
    seen = Seen(f"{epoch - 5}:{epoch + 3}:{epoch - 2}")
    assert (1 << 32) - 1 in seen
    assert (1 << 32) - 2 not in seen
    assert 2 in seen
    assert 3 not in seen


def test_recent_ones_are_known_by_when_they_came_by():
    recent = Recent()
    recent.note(7)
    serial = recent.serial
    recent.note(8)
    assert recent.any_until(frozenset({7}), serial)
    assert not recent.any_until(frozenset({8, 9}), serial)


def test_the_memory_is_bounded():
    recent = Recent()
    for xid in range(REMEMBERED + 1):
        recent.note(xid)
    assert not recent.any_until(frozenset({0}), recent.serial)
    assert recent.any_until(frozenset({1}), recent.serial)
