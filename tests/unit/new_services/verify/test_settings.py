"""The settings of the verification: a database that was not named is not looked for."""

import pytest

from new_services.verify.settings import NoMonolith, VerifySettings


@pytest.fixture(autouse=True)
def nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VERIFY_LEGACY_URL", raising=False)
    monkeypatch.delenv("VERIFY_ORDERS_URL", raising=False)


def test_a_service_that_was_not_named_has_no_url() -> None:
    settings = VerifySettings(orders_url="postgresql://u@h/orders")
    assert settings.url("orders") == "postgresql://u@h/orders"
    assert settings.url("catalog") is None and settings.url("nobody") is None


def test_the_monolith_is_asked_for_by_name() -> None:
    settings = VerifySettings(legacy_url="postgresql://u@h/legacy")
    assert settings.monolith == "postgresql://u@h/legacy"
    with pytest.raises(NoMonolith, match="VERIFY_LEGACY_URL is not set"):
        _ = VerifySettings().monolith
