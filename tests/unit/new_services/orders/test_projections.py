"""Which orders that bear a saga's mark are of that saga."""

from dataclasses import asdict, replace

import pytest

from chassis.saga import Phase, State
from contracts.orders import Line, Order, Wish
from new_services.anticorruption.legacy import Limits
from new_services.orders import saga
from new_services.orders.projections import Marked

ORDER = Order(
    order_no="SO-1", status="NEW", total="20.00", po_number=None, pay_method="card",
    lines=(Line(1, "MUG-0", "Mug", 2, "10.00"),), ship={}, created="2026-03-01 12:00:00",
    updated="2026-03-01 12:00:00", saga_id="S-1",
)  # fmt: skip
TOOK = 3.0


def marked(phase: Phase = Phase.DONE, written: Order | None = ORDER) -> Marked:
    request = {"wish": asdict(Wish({"MUG-0": 2})), "customer": {}, "asked": 0}
    results = {"write": {"order": written.to_dict()}} if written else {}
    return Marked(State("S-1", saga.PLACE, request, phase=phase, results=results), TOOK)


def other(seconds: int = 10, pieces: int = 2) -> Order:
    """Another order that bears the mark, created so long after the one that is known."""
    created = f"2026-03-01 12:{seconds // 60:02}:{seconds % 60:02}"
    lines = (replace(ORDER.lines[0], quantity=pieces),)
    return replace(ORDER, order_no="SO-2", created=created, lines=lines)


def test_the_order_it_wrote_is_its_own():
    assert marked().is_its_own(ORDER)
    assert not marked().is_stray(ORDER)


@pytest.mark.parametrize("phase", [Phase.FORWARD, Phase.DONE, Phase.PARKED])
def test_what_it_can_have_written_a_second_time_is_stray(phase: Phase):
    assert marked(phase).is_stray(other())
    assert not marked(phase).is_its_own(other())


@pytest.mark.parametrize(
    "own", [other(pieces=3), other(seconds=60)], ids=["other lines", "long after"]
)
def test_what_it_cannot_have_written_is_the_customers_own(own: Order):
    assert not marked().is_stray(own)
    assert not marked().is_its_own(own)  # so that nothing is paid back for it


@pytest.mark.parametrize("phase", [Phase.BACKWARD, Phase.UNDONE])
def test_what_comes_after_it_has_given_up_is_stray(phase: Phase):
    assert marked(phase, None).is_stray(other(seconds=60))
    assert not marked(phase, None).is_stray(other(pieces=3))
    assert not marked(phase, None).is_its_own(other())


@pytest.mark.parametrize("phase", [Phase.FORWARD, Phase.PARKED])
def test_what_comes_before_it_knows_is_its_own(phase: Phase):
    assert marked(phase, None).is_its_own(ORDER)
    assert not marked(phase, None).is_stray(ORDER)


def test_late_is_later_than_legacy_takes_for_a_write():
    assert Limits().write + Limits().settle < saga.LATE_SECONDS
    assert saga.CERTAIN_SECONDS > saga.LATE_SECONDS
