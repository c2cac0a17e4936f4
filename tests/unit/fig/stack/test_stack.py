"""The stack as data: its order, its ports, the settings of each process."""

import dataclasses

import pytest

from fig.stack.engines.bus_rights import PROCESSES
from fig.stack.ports import PLAN
from fig.stack.stack import Options, stack
from fig.supervise.process import Kind
from fig.supervise.supervisor import check_order
from tests.rigs.processes.compose import Compose

pytestmark = pytest.mark.legacy

WITH_DATABASES = ("catalog", "orders", "inventory", "payments", "notifications", "sales")


@pytest.fixture
def processes(local):
    return stack(local, Options())


@pytest.fixture
def by_name(processes):
    return {process.name: process for process in processes}


def test_what_a_process_needs_stands_before_it(processes):
    check_order(processes)


@pytest.fixture
def doubled(local):
    return stack(local, Options(instances=2))


def test_of_each_service_there_can_be_two(doubled):
    check_order(doubled)
    by_name = {process.name: process for process in doubled}
    assert doubled[-1].name == "facade"
    for name in (*WITH_DATABASES, "storefront"):
        one, other = by_name[name], by_name[f"{name}-2"]
        listen = f"{name.upper()}_LISTEN"
        assert one.command == other.command
        assert {key for key in one.env if one.env[key] != other.env[key]} == {listen}
        assert other.ready.url == f"http://{other.env[listen]}/readyz"


def test_services_find_each_other_by_the_registry_and_prove_who_they_are(by_name):
    assert not [key for key in by_name["orders"].env if key in ("ORDERS_INVENTORY_URL",)]
    assert by_name["orders"].env["ORDERS_SERVICE_KEY"].endswith("/orders/service.json")
    for name in ("inventory", "payments"):
        keys = by_name[name].env[f"{name.upper()}_CALLER_KEYS"]
        assert keys.endswith("/public/services.json")


def test_every_process_is_known_to_the_bus_by_its_own_name(by_name, local):
    users = {
        name: process.env[key].partition("//")[2].partition(":")[0]
        for name, process in by_name.items()
        for key in process.env
        if key.endswith("_NATS_URL")
    }
    assert users == {name: name for name in PROCESSES}
    assert local.secrets["nats"] not in str([by_name[name].env for name in PROCESSES])


def test_every_port_of_the_plan_belongs_to_one_process(doubled):
    processes = doubled
    used = {port: process.name for process in processes for port in process.ports}
    assert used == {port: owner for port, (_, owner, _) in PLAN.items()}


def test_services_prove_that_they_are_ready_and_oneshots_end(by_name):
    oneshots = {name for name, process in by_name.items() if process.kind is Kind.ONESHOT}
    assert oneshots == {
        "keys", "databases", "legacy-migrate", "legacy-seed", "catalog-migrate", "services-migrate",
    }  # fmt: skip


def test_a_port_is_named_by_who_listens_and_by_who_asks(by_name):
    assert by_name["legacy"].env["LEGACY_LISTEN"] == "127.0.0.1:21002"
    assert by_name["facade"].env["FACADE_UPSTREAMS"] == "legacy=http://127.0.0.1:21002"
    assert by_name["legacy"].ready.url == "http://127.0.0.1:21002/healthz"


def test_every_service_gets_a_role_of_its_own(by_name, local):
    secrets = local.secrets
    assert by_name["legacy"].env["LEGACY_DATABASE_URL"] == (
        f"postgresql://legacy:{secrets['legacy']}@127.0.0.1:21010/legacy"
    )
    assert by_name["feed"].env["FEED_LEGACY_URL"] == (
        f"postgresql://feed:{secrets['feed']}@127.0.0.1:21010/legacy"
    )
    assert len(set(secrets.values())) == len(secrets)


def test_databases_are_created_from_the_urls_that_the_services_get(by_name):
    env = by_name["databases"].env
    owners = env["DATABASES_OWNERS"].split()
    assert by_name["legacy"].env["LEGACY_DATABASE_URL"] in owners
    for name in WITH_DATABASES:
        assert by_name[name].env[f"{name.upper()}_DATABASE_URL"] in owners
    assert by_name["feed"].env["FEED_LEGACY_URL"] == env["DATABASES_REPLICATORS"]


def test_signing_and_sealing_processes_have_other_keys_than_checking_and_opening_ones(by_name):
    facade, orders = by_name["facade"].env, by_name["orders"].env
    assert facade["FACADE_IDENTITY_KEY"].endswith("facade/identity.json")
    assert orders["ORDERS_IDENTITY_KEYS"].endswith("public/identity.json")
    assert facade["FACADE_SESSION_KEY"].endswith("public/session.json")
    assert orders["ORDERS_SESSION_KEY"].endswith("orders/session.json")


def test_the_nats_password_is_in_the_file_and_not_on_the_command_line(by_name, local):
    nats = by_name["nats"]
    (content,) = nats.files.values()
    assert local.secrets["nats"] in content
    assert local.secrets["nats"] not in " ".join(nats.command)


def test_no_secret_is_on_any_command_line(processes, local):
    words = " ".join(word for process in processes for word in process.command)
    assert not [name for name, secret in local.secrets.items() if secret in words]


def test_settings_reach_the_processes(local):
    options = Options(facade_workers=3, scale=7, postgres_bin="/opt/pg/bin")
    by_name = {process.name: process for process in stack(local, options)}
    assert by_name["facade"].command[-2:] == ("--workers", "3")
    assert by_name["legacy-seed"].command[-2:] == ("--scale", "7")
    assert by_name["postgres"].env["FIG_POSTGRES_BIN"] == "/opt/pg/bin"


def test_here_and_in_compose_the_same_processes_stand_in_the_same_order(processes):
    there = stack(Compose(), Options())
    shape = [(process.name, process.kind, process.needs, process.ports) for process in there]
    assert shape == [(one.name, one.kind, one.needs, one.ports) for one in processes]
    assert [sorted(process.env) for process in there] == [sorted(one.env) for one in processes]


def test_processes_are_frozen(processes):
    with pytest.raises(dataclasses.FrozenInstanceError):
        processes[0].name = "other"


def test_the_storefront_finds_services_by_the_registry_and_proves_who_it_is(by_name):
    env = by_name["storefront"].env
    assert not [key for key in env if key.endswith("_URL") and key != "STOREFRONT_NATS_URL"]
    assert env["STOREFRONT_SERVICE_KEY"].endswith("/storefront/service.json")
    assert "catalog" in by_name["storefront"].needs
