"""Here and docker compose: addresses and folders."""

from tests.rigs.processes.compose import Compose


def test_here_everything_is_on_loopback_under_the_data_folder(local):
    assert local.address("nats") == "127.0.0.1:21011"
    assert local.path("postgres") == str(local.home / "postgres/data")
    assert local.path("nats.conf") == str(local.home / "run/nats.conf")


def test_in_compose_an_address_is_the_process_that_listens():
    assert Compose().address("admin") == "facade:8001"
    assert Compose().address("nats-monitor") == "nats:8222"


def test_in_compose_a_missing_secret_stops_the_start():
    assert Compose().secret("feed").startswith("${FIG_SECRET_FEED:?")
