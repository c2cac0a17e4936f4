"""What customers were told, from the lines they wrote."""

import json

import pytest

from loadtests.chaos.journal import Fate, Writer, judge, read


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


def test_a_wish_without_an_answer_is_unknown_and_with_one_is_what_it_says(tmp_path):
    path = tmp_path / "journal"
    writer = Writer(path)
    writer.write("asked", "chaos-1", lines={"A": 2})
    writer.write("answered", "chaos-1", status=201, body={"order_no": "SO-1", "total": "9.90"})
    writer.write("cancelled", "chaos-1", status=200)
    writer.write("asked", "chaos-2", lines={"B": 1})
    writer.write("asked", "chaos-3", lines={"B": 1})
    writer.write("answered", "chaos-3", status=202, body={"id": "X"})
    wishes = read(path.read_text().splitlines())
    assert (wishes["chaos-1"].order_no, wishes["chaos-1"].cancelled) == ("SO-1", {200})
    assert wishes["chaos-2"].fate is Fate.UNKNOWN
    assert (wishes["chaos-3"].fate, wishes["chaos-3"].request_id) == (Fate.PENDING, "X")


def test_a_line_cut_in_the_middle_is_not_taken_for_silence():
    with pytest.raises(json.JSONDecodeError):
        read(['{"kind": "asked", "te'])
