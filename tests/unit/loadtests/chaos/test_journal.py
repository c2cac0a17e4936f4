"""The answers that customers got, from the lines they wrote."""

import json

import pytest

from loadtests.chaos.journal import BEYOND, Fate, Look, Writer, entries, judge, read, shown_of


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        (201, Fate.PLACED),
        (202, Fate.PENDING),
        (409, Fate.REFUSED),
        (402, Fate.REFUSED),
        (503, Fate.UNKNOWN),
        (401, Fate.UNKNOWN),
        (0, Fate.UNKNOWN),
    ],
)
def test_every_answer_means_something(status, fate):
    assert judge(status) is fate


def test_an_order_that_is_under_way_with_its_key_is_not_refused():
    problem = {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": "being answered",
    }
    assert judge(409, problem) is Fate.UNKNOWN
    assert judge(409, {"error": "out of stock"}) is Fate.REFUSED


def test_a_purchase_without_an_answer_is_unknown_and_with_one_is_what_it_says(tmp_path):
    path = tmp_path / "journal"
    writer = Writer(path)
    writer.write("asked", "chaos-1", lines={"A": 2})
    writer.write("answered", "chaos-1", status=201, body={"order_no": "SO-1", "total": "9.90"})
    writer.write("cancelled", "chaos-1", status=200)
    writer.write("asked", "chaos-2", lines={"B": 1})
    writer.write("asked", "chaos-3", lines={"B": 1})
    writer.write("answered", "chaos-3", status=202, body={"id": "X"})
    purchases = read(entries(tmp_path))
    assert (purchases["chaos-1"].order_no, purchases["chaos-1"].cancelled) == ("SO-1", {200})
    assert purchases["chaos-2"].fate is Fate.UNKNOWN
    assert (purchases["chaos-3"].fate, purchases["chaos-3"].request_id) == (Fate.PENDING, "X")


def test_a_line_cut_in_the_middle_is_not_taken_for_silence(tmp_path):
    assert entries(tmp_path) == []  # nobody has come yet
    (tmp_path / "journal").write_text('{"kind": "asked", "te')
    with pytest.raises(json.JSONDecodeError):
        entries(tmp_path)


def _read(*written):
    return read({"at": 0.0, **entry} for entry in written)


ASKED = {"kind": "asked", "text": "chaos-1", "lines": {"A": 2}}
PLACED = {"kind": "answered", "text": "chaos-1", "status": 201,
          "body": {"order_no": "SO-1", "total": "9.90"}}  # fmt: skip


def _look(status, shown):
    return {"kind": "read", "text": "chaos-1", "path": "P", "status": status, "shown": shown}


def test_what_a_read_must_show_depends_on_what_was_acknowledged_before_it():
    cancelled = {"kind": "cancelled", "text": "chaos-1", "status": 200}
    purchase = _read(
        ASKED, _look(404, None), PLACED, _look(200, "PAID"), cancelled, _look(200, "CANCELLED")
    )["chaos-1"]
    assert purchase.looks == [
        Look("P", 404, None, Fate.UNKNOWN, False),
        Look("P", 200, "PAID", Fate.PLACED, False),
        Look("P", 200, "CANCELLED", Fate.PLACED, True),
    ]


def test_what_was_asked_again_is_what_the_first_clear_answer_said():
    away = {"kind": "answered", "text": "chaos-1", "status": 503}
    pending = {**away, "status": 202, "body": {"id": "X"}}
    purchase = _read(ASKED, away, pending, PLACED, away)["chaos-1"]
    assert (purchase.fate, purchase.order_no, purchase.request_id) == (Fate.PLACED, "SO-1", "X")
    assert purchase.answers == ["201 SO-1"]


def test_answers_that_differ_are_kept():
    other = {**PLACED, "body": {"order_no": "SO-2", "total": "9.90"}}
    assert _read(ASKED, PLACED, PLACED, other)["chaos-1"].answers == ["201 SO-1", "201 SO-2"]


def test_the_status_that_a_page_shows_of_an_order():
    order = {"order_no": "SO-1", "status": "PAID"}
    assert shown_of(order, "SO-1") == shown_of({"orders": [order]}, "SO-1") == "PAID"
    assert shown_of(order, "SO-2") is shown_of({"orders": []}, "SO-1") is None
    assert shown_of({"error": "order not found", "order_no": "SO-1"}, "SO-9") is None


def test_a_page_full_of_pending_orders_says_nothing_of_others():
    pending = {"order_no": "S1", "status": "PENDING", "pending": {}}
    other = {"order_no": "SO-2", "status": "NEW"}
    assert shown_of({"orders": [pending, pending]}, "SO-1") == BEYOND
    assert shown_of({"orders": [pending, other]}, "SO-1") is None


def test_a_look_has_the_age_that_the_answer_stated():
    old = _read(ASKED, _look(404, None) | {"age": "3"})["chaos-1"]
    assert [look.age for look in old.looks] == [3]
