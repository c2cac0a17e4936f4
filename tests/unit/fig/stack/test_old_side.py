"""The stack without a monolith: what stays of it, and that nothing names what is gone."""

import pytest

from fig.stack.old_side import FED, NOTHING, PORTS
from fig.stack.ports import PLAN
from fig.stack.stack import Options, stack
from fig.supervise.supervisor import check_order

GONE = {"legacy-migrate", "legacy-seed", "legacy", "feed"}


@pytest.fixture
def alone(local):
    return stack(local, Options(monolith=False))


@pytest.mark.legacy
def test_monolith_and_feed_are_missing_and_all_else_is_there(local, alone):
    check_order(alone)
    whole = [one.name for one in stack(local, Options())]
    assert [one.name for one in alone] == [name for name in whole if name not in GONE]


def test_services_know_that_no_feed_fills_them(alone):
    settings = {
        one.name: one.env[key] for one in alone for key in one.env if key.endswith("_LEGACY_FEED")
    }
    assert settings == dict.fromkeys(FED, "false")
    assert set(NOTHING.services) == set(FED)


def test_no_process_has_an_address_of_it_or_a_right_in_its_database(local, alone):
    said = "\n".join(
        text for one in alone for text in (*one.command, *one.env.values(), *one.files.values())
    )
    assert local.address("legacy") not in said
    assert "/legacy" not in said
    assert local.secrets["reverse"] not in said


def test_the_ports_are_those_of_what_is_gone():
    assert {name for name, (_, process, _) in PLAN.items() if process in GONE} == set(PORTS)
