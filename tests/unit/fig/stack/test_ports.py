"""The port plan."""

import pytest

from fig.errors import BadSetting
from fig.stack.ports import END, LEAST, WIDTH, Busy, plan


def test_all_ports_count_from_the_base():
    assert plan(9000)["facade"] == 9000
    assert plan(9000)["postgres"] == 9010


def test_no_two_are_the_same():
    ports = plan(8000).values()
    assert len(set(ports)) == len(ports)


def test_all_stay_below_what_the_system_gives_to_outgoing_connections():
    assert max(plan(END - WIDTH).values()) < END


@pytest.mark.parametrize("base", [0, 80, LEAST - 1, END - WIDTH + 1, 65000, -5])
def test_a_base_outside_is_refused_with_the_range(base):
    with pytest.raises(BadSetting, match=f"FIG_PORT_BASE={base}: expected a number from 1024 to"):
        plan(base)


def test_a_busy_port_is_named_with_whose_it_would_be():
    assert str(Busy("legacy", 8002, " by pid 7 (python)")) == (
        "port 8002, wanted by legacy for the monolith, is taken by pid 7 (python)"
    )
