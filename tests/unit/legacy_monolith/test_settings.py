"""Settings refuse what cannot be meant, and never print a secret."""

import pytest

from legacy_monolith.settings import load

GOOD = {
    "LEGACY_DATABASE_URL": "postgresql://legacy:hunter2@127.0.0.1:5432/legacy",
    "LEGACY_SECRET_KEY": "0123456789abcdef0123456789abcdef",
}


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("DATABASE_URL", "SECRET_KEY", "TIMEZONE", "LISTEN", "WORKERS", "THREADS"):
        monkeypatch.delenv(f"LEGACY_{name}", raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_good_settings(environ: pytest.MonkeyPatch) -> None:
    settings = load()
    assert settings.sqlalchemy_url.startswith("postgresql+psycopg://legacy:hunter2@")
    assert (settings.timezone, settings.workers, settings.threads) == ("Europe/Berlin", 2, 4)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("LEGACY_DATABASE_URL", None, "LEGACY_DATABASE_URL: Field required"),
        ("LEGACY_DATABASE_URL", "mysql://hunter2", "expected postgresql://"),
        ("LEGACY_SECRET_KEY", None, "LEGACY_SECRET_KEY: Field required"),
        ("LEGACY_SECRET_KEY", "hunter2", "shorter than 16 characters"),
        ("LEGACY_SECRET_KEY", "change-me-please-hunter2", "this is a placeholder"),
        ("LEGACY_TIMEZONE", "Europe/Kaltenbach", "no such time zone: 'Europe/Kaltenbach'"),
        ("LEGACY_WORKERS", "many", "LEGACY_WORKERS"),
    ],
)
def test_bad_setting_exits_with_2_and_names_it(
    environ: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str | None,
    said: str,
) -> None:
    environ.delenv(name, raising=False)
    if value is not None:
        environ.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        load()
    assert ended.value.code == 2
    printed = capsys.readouterr().err
    assert said in printed
    assert "hunter2" not in printed
