"""Rights on the bus: each process its own, and all that the streams are called."""

import re
from pathlib import Path

import pytest

from chassis.registry import discovery
from contracts import subjects
from contracts.events import envelope, orders, owned, payments
from fig.stack.credentials import NAMES
from fig.stack.engines.bus_rights import PROCESSES, REGISTRY, rights, secret_name


def test_names_are_those_of_the_contracts() -> None:
    assert discovery.BUCKET == REGISTRY
    orders = rights("orders").publish
    assert f"$JS.API.STREAM.CREATE.{envelope.STREAM}" in orders
    assert f"$JS.API.STREAM.CREATE.{envelope.DEAD_STREAM}" in orders
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


SERVICES = Path(__file__).parents[5] / "new_services"
KINDS = [
    kind
    for module in (orders, owned, payments)
    for kind in vars(module).values()
    if isinstance(kind, type)
]
OWNERS = {str(vars(kind)["OWNER"]) for kind in KINDS if "OWNER" in vars(kind)}
INBOX = re.compile(r"\bInbox\(")
READERS = {app.parent.name for app in SERVICES.glob("*/app.py") if INBOX.search(app.read_text())}


@pytest.mark.parametrize("owner", sorted(OWNERS))
def test_whose_events_there_are_may_publish_them(owner: str) -> None:
    assert {"accounts", "catalog", "inventory", "orders", "payments"} == OWNERS
    assert f"events.{owner}.>" in rights(owner).publish
    assert f"$JS.API.STREAM.CREATE.{envelope.STREAM}" in rights(owner).publish


@pytest.mark.parametrize("reader", sorted(READERS))
def test_who_has_an_inbox_may_read_them_and_complain(reader: str) -> None:
    assert {"catalog", "inventory", "orders", "sales", "notifications"} == READERS
    assert f"$JS.API.CONSUMER.CREATE.{envelope.STREAM}" in rights(reader).publish
    assert f"deadletters.{reader}" in rights(reader).publish
