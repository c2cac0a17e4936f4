"""The settings that the accounts service needs, and how it says what is wrong."""

import pytest

from chassis.process.settings import load
from new_services.accounts.settings import AccountsSettings

VARIABLES = {
    "DATABASE_URL": "postgresql://u@localhost/db",
    "NATS_URL": "nats://localhost:1",
    "LISTEN": "127.0.0.1:0",
    "SECRET_KEY": "k" * 16,
    "LEGACY_DATABASE_URL": "postgresql://u@localhost/legacy",
}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SECRET_KEY", None, "Field required"),
        ("SECRET_KEY", "k" * 15, "shorter than 16 characters"),
        ("SECRET_KEY", "changeme-changeme-changeme", "placeholder"),
        ("LEGACY_DATABASE_URL", None, "needed as long as ACCOUNTS_LEGACY_FEED is on"),
        ("LEGACY_DATABASE_URL", "mysql://x/y", "expected postgresql://"),
    ],
)
def test_a_bad_setting_is_named(
    name: str,
    value: str | None,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for each, good in VARIABLES.items():
        monkeypatch.setenv(f"ACCOUNTS_{each}", good)
    load(AccountsSettings)
    if value is None:
        monkeypatch.delenv(f"ACCOUNTS_{name}")
    else:
        monkeypatch.setenv(f"ACCOUNTS_{name}", value)
    with pytest.raises(SystemExit):
        load(AccountsSettings)
    printed = capsys.readouterr().err
    assert f"ACCOUNTS_{name}: " in printed and said in printed
    assert value is None or value not in printed
