"""What is printed, and answered in JSON."""

from pathlib import Path

from fig.farewell import report
from fig.farewell.checks import MIB, Objection
from fig.farewell.record import Record
from fig.farewell.steps import Step, Taken
from fig.farewell.sums import Sums

STEPS = (Step("stop", "stop it", dict), Step("archive", "archive it", dict))
NOTED = {"path": "/a.dump", "sha256": "ab", "bytes": MIB, "tables": 2, "rows": 5,
         "words": "made", "seconds": 1.26}  # fmt: skip


def test_what_is_left_and_what_is_done(tmp_path: Path) -> None:
    record = Record(tmp_path / "record.json")
    record.note("stop", {"words": "stopped", "seconds": 0.5})
    assert report.left(STEPS, record) == "  - stop it (done)\n  - archive it"
    planned = report.planned(STEPS, record, "/a.dump", 7)
    assert planned["steps"][0] == {"step": "stop", "words": "stop it", "done": True}
    assert (planned["dry_run"], planned["archive"]) == (True, {"path": "/a.dump", "at_most": 7})


def test_the_end(tmp_path: Path) -> None:
    record = Record(tmp_path / "record.json")
    record.note("archive", NOTED)
    document = report.done([Taken("archive", NOTED, False)], record)
    assert document["steps"] == [
        {"step": "archive", "seconds": 1.26, "already": False, "words": "made"}
    ]  # fmt: skip
    assert document["archive"] == {
        "path": "/a.dump", "bytes": MIB, "sha256": "ab", "tables": 2, "rows": 5,
    }  # fmt: skip


def test_lines_for_people() -> None:
    assert report.taken(Taken("archive", NOTED, False)) == "  archive         1.3 s  made"
    assert report.taken(Taken("archive", NOTED, True)) == "  archive   done before  made"
    assert report.counted(Sums({"a": (1234, "")}, {}, {})) == "1 tables, 1,234 rows"
    assert report.size(MIB * 3 // 2) == "1.5 MiB"
    one = Objection("slot", "theirs", "a slot is there", "drop it")
    assert report.refused([one]) == (
        "the monolith cannot be deleted yet:\n  a slot is there\n    next: drop it"
    )  # fmt: skip
