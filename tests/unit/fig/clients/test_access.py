"""What commands tell the processes that they start."""

from types import SimpleNamespace

from fig.clients import access
from fig.settings import Home


def stack(*processes):
    return SimpleNamespace(
        routes="routes.yaml",
        ports={"postgres": 8010, "nats": 8011, "catalog": 8003},
        process=lambda name: name if name in processes else None,
    )


def test_only_services_that_run_are_verified(tmp_path):
    variables = access.verification(Home(tmp_path), stack("catalog", "inventory", "payments"))
    assert set(variables) == {
        "VERIFY_LEGACY_URL",
        "VERIFY_CATALOG_URL",
        "VERIFY_INVENTORY_URL",
        "VERIFY_PAYMENTS_URL",
        "VERIFY_JOURNAL",
    }
    assert variables["VERIFY_LEGACY_URL"].startswith("postgresql://feed:")
    assert variables["VERIFY_LEGACY_URL"].endswith("@127.0.0.1:8010/legacy")


def test_rebuilding_has_the_services_own_database(tmp_path):
    variables = access.rebuilding(Home(tmp_path), stack("catalog"), "catalog")
    assert variables["CATALOG_DATABASE_URL"].endswith("@127.0.0.1:8010/catalog")
    assert variables["CATALOG_NATS_URL"].startswith("nats://")
