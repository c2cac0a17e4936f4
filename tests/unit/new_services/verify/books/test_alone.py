"""What the stock gave and took, beside what the orders say."""

import pytest

from new_services.verify.books.alone import differing

WANTED = {("SO-1", "a"): (2, 0), ("SO-2", "a"): (1, 1)}


def test_equal_pieces_differ_nowhere() -> None:
    assert differing(WANTED, dict(WANTED)) == {}


@pytest.mark.parametrize(
    ("moved", "key", "found"),
    [
        ({("SO-2", "a"): (1, 1)}, "SO-1 a", "0 out, 0 back"),
        ({**WANTED, ("SO-1", "a"): (4, 0)}, "SO-1 a", "4 out, 0 back"),
        ({**WANTED, ("SO-2", "a"): (1, 0)}, "SO-2 a", "1 out, 0 back"),
        ({**WANTED, ("?", "b"): (1, 0)}, "? b", "1 out, 0 back"),
    ],
)
def test_what_was_moved_otherwise_is_named(
    moved: dict[tuple[str, str], tuple[int, int]], key: str, found: str
) -> None:
    (breach,) = differing(WANTED, moved).values()
    assert (breach.key, breach.found) == (key, found)
