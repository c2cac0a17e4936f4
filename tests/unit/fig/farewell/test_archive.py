"""An archive is known by its hash, and by the file beside it."""

import hashlib
import json
from pathlib import Path

import pytest

from fig.farewell import archive
from fig.farewell.archive import Damaged
from fig.farewell.sums import Sums

SUMS = Sums({"public.a": (3, "17")}, {}, {})


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, str]:
    """The path and the hash of one."""
    path, sha256 = tmp_path / "legacy.dump", hashlib.sha256(b"PGDMP").hexdigest()
    path.write_bytes(b"PGDMP")
    note = {"sha256": sha256, "bytes": 5, **SUMS.plain}
    archive.beside(path).write_text(json.dumps(note))
    return path, sha256


def test_it_says_what_it_holds(made: tuple[Path, str]) -> None:
    found = archive.checked(*made)
    assert (found.size, found.sums) == (5, SUMS)
    assert not archive.foreign(made[0])


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda path: path.write_bytes(b"PGDMQ"), "its hash differs"),
        (lambda path: path.unlink(), "cannot be read: No such file"),
        (lambda path: archive.beside(path).unlink(), "its hash differs"),
        (
            lambda path: archive.beside(path).write_text(
                json.dumps({"sha256": hashlib.sha256(b"PGDMP").hexdigest()})
            ),
            "does not say what the archive holds",
        ),
    ],
)
def test_one_that_is_not_as_it_was_made_is_refused(made: tuple[Path, str], harm, words) -> None:
    harm(made[0])
    with pytest.raises(Damaged, match=words):
        archive.checked(*made)


def test_one_of_another_hash_is_refused(made: tuple[Path, str]) -> None:
    with pytest.raises(Damaged, match="its hash differs"):
        archive.checked(made[0], "0" * 64)


def test_a_file_of_somebody_else_is_not_ours(tmp_path: Path) -> None:
    path = tmp_path / "holiday.jpg"
    assert not archive.foreign(path)
    path.write_bytes(b"x")
    assert archive.foreign(path)
