"""What a service must know while there is a monolith."""

import pytest

from chassis.process.settings import load
from new_services.orders.settings import OrdersSettings

GROUND = {
    "DATABASE_URL": "postgresql://u@localhost/db",
    "NATS_URL": "nats://localhost:1",
    "LISTEN": "127.0.0.1:0",
    "IDENTITY_KEYS": "keys.json",
    "INVENTORY_URL": "http://localhost:1",
    "PAYMENTS_URL": "http://localhost:1",
    "LEGACY_URL": "http://localhost:1",
}


def test_the_key_of_sessions_is_needed_with_the_monolith(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in GROUND.items():
        monkeypatch.setenv(f"ORDERS_{name}", value)
    with pytest.raises(SystemExit):
        load(OrdersSettings)
    assert "ORDERS_SESSION_KEY" in capsys.readouterr().err
    monkeypatch.setenv("ORDERS_SESSION_KEY", "session.json")
    load(OrdersSettings)
