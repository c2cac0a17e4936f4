"""How a service is started: its module, its variables by their prefix, and its proof."""

from fig.stack.places import Local
from fig.stack.serving import migration, service
from fig.supervise.probes import HttpReady


def test_a_service_has_its_variables_by_its_name_and_is_ready_by_its_port(tmp_path):
    place = Local(tmp_path, tmp_path / "routes.yaml", {"sales": 8013}, {})
    made = service(place, "sales", ("nats",), listen="127.0.0.1:8013", caller_keys="keys.json")
    assert made.command[1:] == ("-m", "new_services.sales")
    assert made.env == {"SALES_LISTEN": "127.0.0.1:8013", "SALES_CALLER_KEYS": "keys.json"}
    assert (made.ready, made.ports) == (HttpReady("127.0.0.1:8013", "/readyz"), ("sales",))


def test_databases_are_migrated_by_one_process_that_ends(tmp_path):
    place = Local(tmp_path, tmp_path / "routes.yaml", {}, {})
    made = migration(place, "services-migrate", "sales,orders", {"SALES_DATABASE_URL": "x"})
    assert made.command[1:] == ("-m", "migrations", "sales,orders", "upgrade")
    assert (made.needs, made.ready) == (("databases",), None)
