"""Whatever a killed command or a hand left in the route file, the next call mends it."""

import pytest

from fig.cutover.mending import disagreement, mend
from tests.rigs.ownership.cutover import FakeFile, standing

LEGACY = standing()
MOVING = standing(phase="moving")
OPEN = standing(owner="new", window="open")
CLOSED = standing(owner="new", window="closed")
WANTED = [
    (LEGACY, ("legacy", "open")), (MOVING, ("moving", "open")), (OPEN, ("new", "open")),
    (CLOSED, ("new", "closed")),
]  # fmt: skip


@pytest.mark.parametrize(("record", "wanted"), WANTED)
@pytest.mark.parametrize("owner", ["legacy", "moving", "new"])
def test_from_everywhere_the_file_comes_to_say_what_the_record_says(record, wanted, owner) -> None:
    file = FakeFile(owner)
    there = file.of("goods").says == wanted
    mended = mend("goods", record, file)
    assert file.of("goods").says == wanted
    assert bool(mended) is not there
    assert bool(file.edits) is not there
    assert mend("goods", record, file) == ""


def test_the_disagreement_in_words() -> None:
    file = FakeFile("moving")
    assert disagreement(OPEN, file.of("goods")) == (
        "the route file says moving, the record new, window open"
    )
    assert disagreement(MOVING, file.of("goods")) == ""
