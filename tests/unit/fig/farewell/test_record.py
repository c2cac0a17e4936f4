"""What is noted outlives the process that noted it."""

from pathlib import Path

import pytest

from fig.errors import FigError
from fig.farewell.record import Record


def test_what_is_done_is_known_to_the_next_call(tmp_path: Path) -> None:
    path = tmp_path / "farewell.json"
    record = Record(path)
    assert record.done("archive") is None
    record.note("archive", {"sha256": "ab"})
    record.note("trial", {})
    assert Record(path).done("archive") == {"sha256": "ab"}
    assert path.stat().st_mode & 0o777 == 0o600

    record.forget(("archive", "never"))

    assert (Record(path).done("archive"), Record(path).done("trial")) == (None, {})


def test_what_cannot_be_noted_is_not_done(tmp_path: Path) -> None:
    record = Record(tmp_path / "not there" / "farewell.json")
    with pytest.raises(FigError, match=r"cannot be written \(No such file or directory"):
        record.note("stop", {})
    assert record.done("stop") is None
