"""Which orders that bear a saga's mark are of that saga."""

from dataclasses import asdict, replace
from zoneinfo import ZoneInfo

import pytest

from chassis.saga import Phase, State, of_record
from contracts.orders import Line, Order, OrderRequest
from new_services.anticorruption.calls import Limits
from new_services.orders import kinds, marks
from new_services.orders.marks import Marked, Verdict, seconds_apart

ORDER = Order(
    order_no="SO-1", status="NEW", total="20.00", po_number=None, pay_method="card",
    lines=(Line(1, "MUG-0", "Mug", 2, "10.00"),), ship={}, created="2026-03-01 12:00:00",
    updated="2026-03-01 12:00:00", saga_id="S-1",
)  # fmt: skip
TOOK = 3.0
ZONE = ZoneInfo("Europe/Berlin")


def marked(phase: Phase = Phase.DONE, written: Order | None = ORDER) -> Marked:
    request = {"wish": asdict(OrderRequest({"MUG-0": 2})), "customer": {}, "asked": 0}
    results = {"write": {"order": written.to_dict()}} if written else {}
    return Marked(State("S-1", kinds.PLACE, request, phase=phase, results=results), TOOK, ZONE)


def other(seconds: int = 10, pieces: int = 2) -> Order:
    """Another order that bears the mark, created so long after the one that is known."""
    created = f"2026-03-01 12:{seconds // 60:02}:{seconds % 60:02}"
    lines = (replace(ORDER.lines[0], quantity=pieces),)
    return replace(ORDER, order_no="SO-2", created=created, lines=lines)


def test_the_order_it_wrote_is_its_own():
    assert marked().judge(ORDER) is Verdict.OWN


@pytest.mark.parametrize("phase", [Phase.FORWARD, Phase.DONE, Phase.PARKED])
def test_what_it_can_have_written_a_second_time_is_stray(phase: Phase):
    assert marked(phase).judge(other()) is Verdict.STRAY


@pytest.mark.parametrize(
    "own", [other(pieces=3), other(seconds=60)], ids=["other lines", "long after"]
)
def test_what_it_cannot_have_written_is_the_customers_own(own: Order):
    assert marked().judge(own) is Verdict.ALIEN  # so that nothing is paid back for it


@pytest.mark.parametrize("phase", [Phase.BACKWARD, Phase.UNDONE])
def test_what_comes_after_it_has_given_up_is_stray(phase: Phase):
    assert marked(phase, None).judge(other(seconds=60)) is Verdict.STRAY
    assert marked(phase, None).judge(other(pieces=3)) is Verdict.ALIEN


@pytest.mark.parametrize("phase", [Phase.FORWARD, Phase.PARKED])
def test_what_comes_before_it_knows_waits_until_it_does(phase: Phase):
    assert marked(phase, None).judge(ORDER) is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ("2026-03-01 12:00:00", "2026-03-01 12:00:10", {10.0}),
        ("2026-03-29 01:59:55", "2026-03-29 03:00:05", {10.0}),  # an hour is left out
        ("2026-10-25 02:59:55", "2026-10-25 03:00:05", {10.0, 3610.0}),
        ("2026-10-25 02:59:55", "2026-10-25 02:00:05", {10.0, -3590.0, -7190.0}),
    ],
)
def test_wall_times_over_a_change_of_summer_time(first: str, second: str, apart: set[float]):
    assert seconds_apart(first, second, ZONE) == apart
    written = replace(ORDER, created=first)
    again = replace(ORDER, order_no="SO-2", created=second)
    assert marked(written=written).judge(again) is Verdict.STRAY


def test_an_hour_later_is_not_at_once_also_where_the_clock_says_so():
    written = replace(ORDER, created="2026-03-29 01:30:00")
    again = replace(ORDER, order_no="SO-2", created="2026-03-29 03:30:00")
    assert seconds_apart(written.created, again.created, ZONE) == {3600.0}
    assert marked(written=written).judge(again) is Verdict.ALIEN


def test_late_is_later_than_legacy_takes_for_a_write():
    assert Limits().under_way < marks.LATE_SECONDS
    assert of_record.CERTAIN_SECONDS > marks.LATE_SECONDS
