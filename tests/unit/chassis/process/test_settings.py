"""Settings name what is wrong with them, and refuse secrets that are none."""

import pytest
from pydantic import ValidationError
from pydantic_settings import SettingsConfigDict

from chassis.process.settings import DatabaseUrl, Listen, ListenAddress, ProcessSettings, load

GOOD = {"DOOR_DATABASE_URL": "postgresql://u:s3cr3t-9@h:5432/d", "DOOR_LISTEN": "127.0.0.1:80"}


class DoorSettings(ProcessSettings):
    model_config = SettingsConfigDict(env_prefix="DOOR_")

    database_url: DatabaseUrl
    listen: ListenAddress


@pytest.fixture
def environment(monkeypatch):
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_good_settings(environment):
    settings = load(DoorSettings)
    assert settings.listen == Listen("127.0.0.1", 80)
    assert settings.database_url == GOOD["DOOR_DATABASE_URL"]


def test_settings_do_not_change(environment):
    with pytest.raises(ValidationError):
        load(DoorSettings).listen = Listen("::", 1)


def test_ipv6_address(environment):
    environment.setenv("DOOR_LISTEN", "[::1]:8080")
    assert load(DoorSettings).listen == Listen("::1", 8080)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DOOR_DATABASE_URL", None, "Field required"),
        ("DOOR_DATABASE_URL", "mysql://u:p@h/d", "expected postgresql://"),
        ("DOOR_DATABASE_URL", "postgresql://u:changeme@h/d", "placeholder"),
        ("DOOR_DATABASE_URL", "postgresql://u:Secret@h/d", "placeholder"),
        ("DOOR_DATABASE_URL", "postgresql://u:<password>@h/d", "placeholder"),
        ("DOOR_DATABASE_URL", "postgresql://u:$PASSWORD@h/d", "placeholder"),
        ("DOOR_LISTEN", "8080", "HOST:PORT"),
        ("DOOR_LISTEN", ":8080", "HOST:PORT"),
        ("DOOR_LISTEN", "127.0.0.1:99999", "HOST:PORT"),
        ("DOOR_LISTEN", "127.0.0.1:http", "HOST:PORT"),
    ],
)
def test_bad_settings_exit_with_2_and_name_the_variable(environment, capsys, name, value, says):
    environment.delenv(name) if value is None else environment.setenv(name, value)
    with pytest.raises(SystemExit) as exit_:
        load(DoorSettings)
    assert exit_.value.code == 2
    error = capsys.readouterr().err
    assert error.startswith(f"{name}: ") and says in error


def test_a_refused_secret_is_not_printed(environment, capsys):
    environment.setenv("DOOR_DATABASE_URL", "mysql://u:hush-hush@h/d")
    with pytest.raises(SystemExit):
        load(DoorSettings)
    assert "hush-hush" not in capsys.readouterr().err
