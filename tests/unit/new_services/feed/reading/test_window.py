"""Rows read between two marks: kept while true, cut where a change was not seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from new_services.feed.log.keys import Bound
from new_services.feed.reading.jobs import Job
from new_services.feed.reading.visibility import Recent
from new_services.feed.reading.window import MOST_TOUCHED, Rows, Window

JOB = Job("stock", initial=True)


def opened(job: Job = JOB, recent: Recent | None = None) -> Window:
    window = Window("w", job)
    window.open(500, recent or Recent())
    return window


def rows(*keys: int, snapshot: str = "10:20:", exhausted: bool = False) -> Rows:
    return Rows(snapshot, [((key,), {"id": key}) for key in keys], exhausted)


def kept(window: Window, recent: Recent | None = None) -> list[int]:
    return [key[0] for key, _ in window.judge(recent or Recent()).rows]


def test_untouched_rows_are_kept_and_the_bound_moves_behind_the_last():
    window = opened()
    window.read = rows(1, 2, 3)
    verdict = window.judge(Recent())
    assert (len(verdict.rows), verdict.at, verdict.done) == (3, Bound((3,)), False)


def test_the_end_is_known_when_nothing_comes_after():
    window = opened()
    window.read = rows(1, exhausted=True)
    assert window.judge(Recent()).done


def test_a_touched_row_is_kept_when_the_snapshot_saw_the_change():
    window = opened()
    window.touch((2,), 15)
    window.read = rows(1, 2, 3)
    assert kept(window) == [1, 2, 3]


@pytest.mark.parametrize("snapshot", ["10:20:15", "10:15:"])
def test_the_chunk_is_cut_where_it_did_not_see_the_change(snapshot):
    window = opened()
    window.touch((2,), 15)
    window.read = rows(1, 2, 3, snapshot=snapshot, exhausted=True)
    verdict = window.judge(Recent())
    assert [key for key, _ in verdict.rows] == [(1,)]
    assert (verdict.at, verdict.done) == (Bound((1,)), False)


def test_an_unseen_row_behind_the_last_one_is_still_to_be_read():
    window = opened()
    window.touch((9,), 30)
    window.read = rows(1, 2, exhausted=True)
    verdict = window.judge(Recent())
    assert (verdict.at, verdict.done) == (Bound((2,)), False)


def test_changes_before_the_job_and_behind_its_range_do_not_matter():
    window = opened(Job("stock", initial=False, at=Bound((5,)), to=(8,), ranged=True))
    window.touch((5,), 30)
    window.touch((9,), 30)
    window.read = rows(6, 7, 8, exhausted=True)
    assert kept(window) == [6, 7, 8]


def test_a_commit_that_came_by_before_the_mark_and_was_not_visible_spoils_the_chunk():
    recent = Recent()
    recent.note(15)
    window = opened(recent=recent)
    window.read = rows(1, 2, snapshot="10:20:15")
    assert kept(window, recent) == []


def test_one_that_came_by_in_the_window_does_not():
    recent = Recent()
    window = opened(recent=recent)
    recent.note(15)
    window.touch((2,), 15)
    window.read = rows(1, 2, snapshot="10:20:15")
    assert kept(window, recent) == [1]


def test_what_was_not_read_or_not_opened_is_void():
    assert kept(opened()) == []
    window = Window("w", JOB)
    window.read = rows(1)
    assert kept(window) == []


def test_too_many_changes_void_the_chunk_instead_of_filling_the_memory():
    window = opened()
    for key in range(MOST_TOUCHED + 2):
        window.touch((key,), 15)
    window.read = rows(1)
    assert window.spoiled and kept(window) == []


@given(st.data())
def test_what_is_kept_is_what_the_table_holds_at_the_second_mark(data):
    """Random transactions commit around the reading; the simulation knows the truth."""
    before = dict.fromkeys(data.draw(st.sets(st.integers(1, 8))), 0)
    transactions = data.draw(st.lists(st.tuples(st.integers(1, 8), st.booleans()), max_size=6))
    seen_count = data.draw(st.integers(0, len(transactions)))
    window, truth, seen = opened(), dict(before), dict(before)
    for number, (key, deletes) in enumerate(transactions):
        xid = 100 + number
        window.touch((key,), xid)
        for state in (truth, seen) if number < seen_count else (truth,):
            if deletes:
                state.pop(key, None)
            else:
                state[key] = xid
    found = [((key,), {"id": key, "by": by}) for key, by in sorted(seen.items())]
    limit = data.draw(st.integers(1, 9))
    window.read = Rows(f"100:{100 + seen_count}:", found[:limit], len(found) < limit)
    verdict = window.judge(Recent())
    assert all(truth[key[0]] == row["by"] for key, row in verdict.rows)
    covered = {key for key in truth if verdict.done or (verdict.at and verdict.at.covers((key,)))}
    assert covered == {key[0] for key, _ in verdict.rows}, "nothing left out, nothing too many"
