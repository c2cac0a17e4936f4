"""A process as data: what is run, and whether ending is its goal."""

from collections.abc import Mapping

import pytest

from fig.stack.stack import Options, stack
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
    catalog = next(one for one in stack(Compose(), Options()) if one.name == "catalog")
    assert catalog.command_with({})[-1] == "new_services.catalog"
    assert catalog.command_with({"CATALOG_FAULT": "time-zone"})[-1] == "loadtests.faults"


@pytest.mark.parametrize(
    ("extra", "forked"),
    [
        ({}, True),
        ({"SHOP_FAULT": "x", "FIG_LOG": "json"}, True),
        ({"PYTHONASYNCIODEBUG": "1"}, False),
        ({"SHOP_FAULT": "x", "LD_PRELOAD": "libfault.so"}, False),
    ],
)
def test_variables_that_are_not_its_own_need_an_interpreter_of_its_own(
    extra: Mapping[str, str], forked: bool
) -> None:
    process = Process("shop", USUAL, env={"SHOP_LISTEN": "x"}, forked=True)
    assert process.forked_with(extra) is forked
    assert not Process("shop", USUAL, env={"SHOP_LISTEN": "x"}).forked_with(extra)


@pytest.mark.legacy
def test_what_may_be_forked_is_a_module_of_the_interpreter() -> None:
    forked = [one for one in stack(Compose(), Options(seed=True, instances=2)) if one.forked]
    assert {one.command[1] for one in forked} == {"-m"}
    assert len(forked) > 20, "services, each twice, the monolith, the feed, and what they need"
