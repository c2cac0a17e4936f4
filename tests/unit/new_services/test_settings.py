"""What a service must be told while there is a monolith."""

import pytest

from chassis.process.settings import ProcessSettings, load
from new_services.orders.settings import OrdersSettings
from new_services.sales.settings import SalesSettings

GROUND = {
    "DATABASE_URL": "postgresql://u@localhost/db",
    "NATS_URL": "nats://localhost:1",
    "LISTEN": "127.0.0.1:0",
    "IDENTITY_KEYS": "keys.json",
    "INVENTORY_URL": "http://localhost:1",
    "PAYMENTS_URL": "http://localhost:1",
}


@pytest.mark.parametrize(
    ("settings", "prefix", "told"),
    [
        (OrdersSettings, "ORDERS_", {"LEGACY_URL": "http://localhost:1"}),
        (SalesSettings, "SALES_", {}),
    ],
)
def test_the_key_of_sessions_is_needed_with_the_monolith(
    settings: type[ProcessSettings],
    prefix: str,
    told: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in {**GROUND, **told}.items():
        monkeypatch.setenv(prefix + name, value)
    with pytest.raises(SystemExit):
        load(settings)
    assert f"{prefix}SESSION_KEY" in capsys.readouterr().err
    monkeypatch.setenv(f"{prefix}SESSION_KEY", "session.json")
    load(settings)
