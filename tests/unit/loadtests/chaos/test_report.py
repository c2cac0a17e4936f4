"""What went wrong, and whom it hit."""

from loadtests.chaos.report import BY_CHANCE, FELT_SECONDS, Report, Struck, troubled


def struck(kind="frozen", began=100.0, ended=110.0, hits=3):
    return Struck(kind, began, ended, hits, "connections")


def answer(at, status=200, took=0.1):
    return {"kind": "answered", "at": at, "status": status, "took": took}


def test_a_kind_that_came_often_and_never_hit_anybody_is_objected_to():
    report = Report()
    locked = [struck("locked"), struck("locked", hits=0), struck("locked", hits=0)]
    by_chance = [struck("late", hits=0)] * (BY_CHANCE - 1)
    for one in (*[struck(hits=0)] * BY_CHANCE, *locked, *by_chance):
        report.add(one)
    assert report.objections() == ["frozen: it came 3 times and hit nobody (connections)"]


def test_the_table_has_a_line_for_each_kind():
    report = Report()
    for one in (struck("locked", 105.0, 125.0), struck(), struck(began=130.0, hits=0)):
        report.add(one)
    head, frozen, locked = report.text([answer(120, 503)]).splitlines()
    assert head.split("  ")[0] == "fault"
    assert frozen.split() == ["frozen", "2", "1", "3", "connections", "0"]
    assert locked.split() == ["locked", "1", "1", "3", "connections", "1"]


def test_answers_are_troubled_when_they_are_late_or_bad_or_pending():
    entries = [
        answer(105),
        answer(105, took=1.5),
        answer(105, 503),
        answer(105, 0),
        answer(105, 202),
        answer(105, 409),
        {"kind": "asked", "at": 105},
    ]
    assert troubled(entries, [struck()]) == [entries[1], entries[2], entries[3], entries[4]]


def test_an_answer_counts_when_its_question_was_under_way_meanwhile():
    entries = [
        answer(99, 503),
        answer(112, 503, took=5.0),
        answer(112, 503),
        answer(118, 503, took=9.0),
    ]
    assert troubled(entries, [struck()]) == [entries[1], entries[3]]


def test_a_moment_is_felt_for_some_seconds():
    entries = [answer(100 + FELT_SECONDS - 0.1, 503), answer(100 + FELT_SECONDS + 0.2, 503)]
    assert troubled(entries, [struck(ended=100.0)]) == entries[:1]
