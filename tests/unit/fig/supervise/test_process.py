"""A process as data: what is run, and whether ending is its goal."""

from collections.abc import Mapping

import pytest

from fig.stack.stack import Wishes, stack
from fig.supervise.process import Process
from tests.rigs.processes.compose import Compose

USUAL, OTHER = ("shop",), ("shop", "with mistakes")


@pytest.mark.parametrize(
    ("extra", "command"),
    [({}, USUAL), ({"FAULT": "x"}, OTHER), ({"FAULT": ""}, USUAL), ({"ELSE": "x"}, USUAL)],
)
def test_a_variable_that_is_set_may_ask_for_another_command(
    extra: Mapping[str, str], command: tuple[str, ...]
) -> None:
    assert Process("shop", USUAL, instead={"FAULT": OTHER}).command_with(extra) == command


@pytest.mark.legacy
def test_the_catalog_of_the_stack_runs_with_a_fault_where_one_is_asked_for() -> None:
    catalog = next(one for one in stack(Compose(), Wishes()) if one.name == "catalog")
    assert catalog.command_with({})[-1] == "new_services.catalog"
    assert catalog.command_with({"CATALOG_FAULT": "time-zone"})[-1] == "loadtests.faults"
