"""The report of legacy's absence: what is counted, and what is objected to."""

from dataclasses import replace

import pytest

from loadtests.chaos import access
from loadtests.chaos.absence import MOST_UNREAD, MOST_WAITING, PROBES_A_SECOND, Report
from loadtests.chaos.watch import UNREAD, WORK, Sample, most

BEGAN, GONE, BACK, LEFT = 100.0, 110.0, 170.0, 190.0


def entry(at, kind, status, **more):
    return {"at": at, "kind": kind, "text": "chaos-1", "status": status, **more}


def sample(at, **counts):
    known = {"threads": 5.0, "open_files": 90.0, "unread": 0.0, "waiting": 2.0} | counts
    names = {
        "threads": "facade: threads", "open_files": "orders: open files", "unread": UNREAD,
        "waiting": "sagas that requests wait for", "open": "sagas open",
    }  # fmt: skip
    return Sample(at, {names[name]: count for name, count in known.items()})


def worked(a_second, later=None):
    """Samples of an absence in which this was done a second, or something else in its last part."""
    done = 0.0
    for at in range(int(GONE), int(BACK)):
        rate = a_second if later is None or at < BACK - 12 else later
        done += rate
        yield Sample(at, {**sample(at).counts, WORK[0]: done, WORK[1]: done / 100})


@pytest.fixture
def report():
    """All is well."""
    entries = [
        entry(105, "answered", 201),
        *(entry(at, "answered", 202) for at in (115, 120, 130, 140, 150, 165)),
        entry(121, "read", 200, age="3"),
        entry(122, "read", 200, age=None),
        entry(180, "answered", 201),
        entry(181, "answered", 0),
        entry(182, "cancelled", 200),
    ]
    samples = [sample(105), *worked(10.0), sample(150, open=900.0), sample(180)]
    answered = dict.fromkeys(range(100, 110), 10) | dict.fromkeys(range(170, 190), 20)
    return Report(BEGAN, GONE, BACK, LEFT, entries, samples, answered)


def test_a_good_absence(report):
    assert report.objections() == []
    assert report.outcomes("away") == {
        "order accepted (202)": 6, "read, says its age": 1, "read": 1,
    }  # fmt: skip
    assert report.outcomes("after") == {"order placed (201)": 1, "order: no answer": 1}
    text = report.text()
    assert "orders accepted a second, in 5 parts of the absence: 0.17 0.08 0.08 0.08 0.08" in text
    assert f"{WORK[0]} a second, in 5 parts of the absence: 10.00 10.00 10.00 10.00 10.00" in text
    assert "0.10 0.10 0.10 0.10 0.10" in text
    assert "legacy answered 10 requests a second before (at most 10)" in text
    assert "20 20 20 20 20 20 20 20 20 20; 0 lay in its queue" in text


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({"threads": 14.0}, "facade: threads: 5 before, then up to 14"),
        ({"open_files": 300.0}, "orders: open files: 90 before, then up to 300"),
        ({"waiting": MOST_WAITING + 1.0}, "sagas that requests wait for"),
        ({"unread": MOST_UNREAD + PROBES_A_SECOND * (BACK - GONE) + 1.0}, UNREAD),
    ],
)
def test_what_piles_up_is_named(report, counts, said):
    worse = replace(report, samples=[*report.samples, sample(160, **counts)])
    assert len(worse.objections()) == 1
    assert said in worse.objections()[0]


def test_nobody_looked(report):
    found = replace(report, samples=[sample(300)]).objections()
    assert found == ["nobody looked whether anything piles up"]


def test_a_stampede_is_one_beyond_what_lay_in_the_queue(report):
    crowded = replace(report, answered={**report.answered, 171: 135})
    assert crowded.objections() == [
        "a stampede: 135 requests in a second, where 20 is the most at work and 0 lay in its queue"
    ]
    queued = [*report.samples[:-1], sample(169, unread=40.0), report.samples[-1]]
    assert replace(crowded, samples=queued).objections() == []


def test_orders_that_were_not_accepted_and_reads_without_their_age(report):
    silent = [one for one in report.entries if not GONE <= one["at"] < BACK]
    assert len(replace(report, entries=silent).objections()) == 2


@pytest.mark.parametrize(("status", "named"), [(503, "order: 503"), (0, "order: no answer")])
def test_an_order_that_was_not_accepted_is_named(report, status, named):
    worse = replace(report, entries=[*report.entries, entry(160, "answered", status)])
    assert worse.objections() == [f"{named}, 1 times while legacy was away"]


def test_orders_have_to_be_accepted_to_the_end(report):
    early = [*report.entries, *(entry(111 + n, "answered", 202) for n in range(20))]
    assert replace(report, entries=early).objections() == [
        "orders accepted: 23 in the first half, 3 in the second"
    ]


def test_a_few_orders_less_are_chance(report):
    """As a run of 15 s had them: 6, 4, 3, 9 and 1 in its fifths."""
    times = [111] * 6 + [125] * 4 + [135] * 3 + [150] * 9 + [160]
    few = [*report.entries[:1], *(entry(at, "answered", 202) for at in times), *report.entries[7:]]
    assert replace(report, entries=few).objections() == []


def test_work_that_grows_with_what_waits_is_named(report):
    growing = replace(report, samples=[sample(105), *worked(40.0, later=90.0), sample(180)])
    assert growing.objections() == [
        f"{WORK[0]} a second: 40.00 early on, then 90.00",
        f"{WORK[1]} a second: 0.40 early on, then 0.90",
    ]


def test_work_may_grow_with_what_is_asked_for(report):
    busy = [*report.entries, *(entry(160 + n, "answered", 202) for n in range(3))]
    samples = [sample(105), *worked(40.0, later=90.0), sample(180)]
    assert replace(report, entries=busy, samples=samples).objections() == []


def test_a_little_work_may_become_a_little_more(report):
    some = replace(report, samples=[sample(105), *worked(1.0, later=9.0), sample(180)])
    assert some.objections() == []


def test_requests_of_each_second_from_the_access_log():
    lines = [
        "[22/Nov/2026:22:22:08 +0000] GET /healthz 200 -",
        "[22/Nov/2026:22:22:08 +0000] POST /api/orders 201 -",
        "[22/Nov/2026:23:22:10 +0100] GET /api/me 200 fig-identity",
        "half a li",
    ]
    counts = access.per_second(lines)
    assert sorted(counts.values()) == [1, 2]
    assert access.row(counts, min(counts) + 0.7, 4) == [2, 0, 1, 0]


def test_the_most_between_two_times():
    samples = [sample(1, threads=9.0), sample(2, threads=4.0), sample(3, threads=6.0)]
    assert most(samples, 2, 4)["facade: threads"] == 6.0
    assert most(samples, 4, 9) == {}
