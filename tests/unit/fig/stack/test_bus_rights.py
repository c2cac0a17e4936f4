"""Rights on the bus: each process its own, and all that the streams are called."""

import pytest

from chassis.registry import discovery
from contracts import events, subjects
from fig.stack.bus_rights import PROCESSES, REGISTRY, rights, secret_name
from fig.stack.credentials import NAMES


def test_names_are_those_of_the_contracts() -> None:
    assert discovery.BUCKET == REGISTRY
    orders = rights("orders").publish
    assert f"$JS.API.STREAM.CREATE.{events.STREAM}" in orders
    assert f"$JS.API.STREAM.CREATE.{events.DEAD_STREAM}" in orders
    assert f"$JS.API.CONSUMER.CREATE.{subjects.LEGACY_STREAM}" in orders
    assert subjects.LEGACY_SUBJECTS in rights("feed").publish
    assert subjects.RESNAPSHOT_SUBJECT in rights("feed").subscribe


@pytest.mark.parametrize("process", PROCESSES)
def test_nobody_may_say_everything_and_everybody_has_a_password(process: str) -> None:
    own = rights(process)
    assert not {">", "*", "$JS.API.>", "events.>"} & {*own.publish, *own.subscribe}
    assert secret_name(process) in NAMES


@pytest.mark.parametrize("process", [name for name in PROCESSES if name != "feed"])
def test_only_the_feed_tells_of_legacy(process: str) -> None:
    assert not [subject for subject in rights(process).publish if subject.startswith("legacy")]
