"""The journal on disk: kept over restarts, whole after a crash, and honest about its limits."""

import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from facade.journal.entry import Entry, Event
from facade.journal.folder import Journal, JournalAway, read, segments, verify
from facade.journal.text import lines


def entry(n: int = 0, **given: Any) -> Entry:
    return Entry(
        **{
            "event": Event.MOVE, "at": 1_790_000_000.0 + n, "who": "anna", "by": "person",
            "why": f"reason {n}", "source": "fig flip on host", "route": "list",
            "before": "shadow", "after": "canary 5%", **given,
        }
    )  # fmt: skip


def written(folder: Path, count: int, **limits: int) -> Journal:
    journal = Journal(folder, **limits)
    journal.open()
    for n in range(count):
        journal.append(entry(n))
    return journal


def texts(folder: Path) -> list[str]:
    return segments(folder)[0].read_text().splitlines()


def rewrite(folder: Path, kept: list[str]) -> None:
    segments(folder)[0].write_text("".join(f"{line}\n" for line in kept))


def test_entries_are_kept_over_restarts_and_the_chain_goes_on(tmp_path: Path) -> None:
    written(tmp_path, 3).close()
    written(tmp_path, 2).close()
    kept = read(tmp_path)
    assert [one.number for one in kept] == [1, 2, 3, 4, 5]
    assert all(b.previous == a.hash for a, b in pairwise(kept))
    assert kept[1].entry == entry(1)
    assert verify(tmp_path) == []


def test_forty_entries_wait_for_the_disk_once_for_each_evidence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, waits = written(tmp_path, 1), []
    monkeypatch.setattr(os, "fsync", waits.append)
    kept = journal.append_all([(entry(n), {"pairs": n}) for n in range(40)])
    assert [one.number for one in kept] == list(range(2, 42))
    assert len(waits) == 40 + 1 + 1 + 2  # each evidence, their folder, the lines, the head
    assert read(tmp_path)[1:] == kept
    assert verify(tmp_path) == []
    journal.close()


@pytest.mark.parametrize("place", [0, 10, 40, 200, -3])
def test_one_byte_that_was_altered_is_named(tmp_path: Path, place: int) -> None:
    written(tmp_path, 4).close()
    kept = texts(tmp_path)
    line = kept[1]
    kept[1] = line[:place] + chr(ord(line[place]) ^ 1) + line[place:][1:]
    rewrite(tmp_path, kept)
    found = verify(tmp_path)
    assert found
    assert any("entry 2" in one or ":2" in one or "entry 3" in one for one in found)


def test_an_altered_entry_with_a_hash_of_its_own_is_named(tmp_path: Path) -> None:
    from facade.journal.entry import line_of

    written(tmp_path, 4).close()
    kept = texts(tmp_path)
    second = read(tmp_path)[1]
    kept[1] = line_of(entry(1, who="mallory"), 2, second.previous)[0]
    rewrite(tmp_path, kept)
    assert verify(tmp_path) == ["entry 3 does not follow entry 2: altered"]


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ([0, 2, 3], "entry 2: dropped"),
        ([0, 1], "entries 3 to 4: dropped"),
        ([1, 2, 3], "entry 1: dropped"),
        ([], "entries 1 to 4: dropped"),
        ([0, 2, 1, 3], "entry 3 stands before entry 2: reordered"),
    ],
)
def test_what_was_dropped_or_reordered_is_named(
    tmp_path: Path, order: list[int], words: str
) -> None:
    written(tmp_path, 4).close()
    kept = texts(tmp_path)
    rewrite(tmp_path, [kept[at] for at in order])
    assert words in verify(tmp_path)


def test_the_last_entry_altered_is_named_by_the_head(tmp_path: Path) -> None:
    from facade.journal.entry import line_of

    written(tmp_path, 2).close()
    kept = texts(tmp_path)
    kept[1] = line_of(entry(1, who="mallory"), 2, read(tmp_path)[1].previous)[0]
    rewrite(tmp_path, kept)
    assert verify(tmp_path) == ["entry 2 is not the one that was written last: altered"]


def test_a_line_that_a_crash_cut_short_is_no_entry(tmp_path: Path) -> None:
    written(tmp_path, 2).close()
    path = segments(tmp_path)[0]
    path.write_bytes(path.read_bytes() + b'{"n":3,"ev')
    written(tmp_path, 1).close()
    assert [one.number for one in read(tmp_path)] == [1, 2, 3]
    assert verify(tmp_path) == []


def test_a_crash_between_entry_and_head_loses_nothing(tmp_path: Path) -> None:
    written(tmp_path, 2).close()
    head = (tmp_path / "head.json").read_bytes()
    written(tmp_path, 1).close()
    (tmp_path / "head.json").write_bytes(head)
    assert verify(tmp_path) == []
    written(tmp_path, 1).close()
    assert [one.number for one in read(tmp_path)] == [1, 2, 3, 4]
    assert verify(tmp_path) == []


def test_only_one_process_writes(tmp_path: Path) -> None:
    first = written(tmp_path, 1)
    second = Journal(tmp_path)
    with pytest.raises(JournalAway, match="another process"):
        second.open()
    with pytest.raises(JournalAway):
        second.append(entry())
    first.close()
    second.open()
    assert second.append(entry()).number == 2


def test_at_its_limit_the_oldest_file_goes_and_the_journal_says_so(tmp_path: Path) -> None:
    journal = written(tmp_path, 40, segment_bytes=2_000, most_bytes=8_000)
    size = sum(path.stat().st_size for path in segments(tmp_path))
    assert size <= 8_000 + 2 * 2_500
    kept = read(tmp_path)
    assert kept[0].number > 1
    assert any(one.entry.event is Event.TRIM for one in kept)
    assert "were let go: more than 8,000 bytes" in lines_of(tmp_path)
    assert verify(tmp_path) == []
    journal.close()
    written(tmp_path, 1).close()
    assert verify(tmp_path) == []


def test_evidence_is_sealed_and_let_go_at_its_limit(tmp_path: Path) -> None:
    journal = Journal(tmp_path, most_evidence=3)
    journal.open()
    for n in range(5):
        kept = journal.append(entry(n), {"pairs": n})
        assert kept.entry.sealed.startswith(f"{kept.number:06}-list.json ")
    assert len(list((tmp_path / "evidence").iterdir())) == 3
    assert verify(tmp_path) == []
    journal.close()
    journal.open()  # it knows what an earlier process kept
    journal.append(entry(5), {"pairs": 4})
    assert len(list((tmp_path / "evidence").iterdir())) == 3
    assert verify(tmp_path) == []
    newest = max((tmp_path / "evidence").iterdir())
    newest.write_text(newest.read_text().replace("4", "5"))
    (problem,) = verify(tmp_path)
    assert problem.endswith("altered")
    newest.unlink()
    (problem,) = verify(tmp_path)
    assert problem.endswith("dropped")


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalAway):
        Journal(tmp_path / "file" / "journal").open()


def lines_of(folder: Path) -> str:
    from dataclasses import asdict

    return lines([{"n": one.number, **asdict(one.entry)} for one in read(folder)])


def test_it_reads_well(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.open()
    journal.append(entry(approver="ben", table="abc", evidence={"pairs": 700, "differ": 0}))
    journal.append(entry(1, by="guard", who="facade", before="canary 5%", after="shadow"))
    journal.append(entry(2, event=Event.RESET, before="", after="", why=""))
    assert lines_of(tmp_path).splitlines() == [
        "    1  2026-09-21 14:13:20  list: shadow → canary 5%   (table abc)",
        "       anna (fig flip on host), approved by ben: reason 0",
        "       pairs 700, differ 0",
        "    2  2026-09-21 14:13:21  list: canary 5% → shadow",
        "       facade by the guard (fig flip on host): reason 1",
        "    3  2026-09-21 14:13:22  reset list",
        "       anna (fig flip on host)",
    ]
