"""Which databases there are and where their URLs come from."""

import subprocess
import sys

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from click.testing import CliRunner

from migrations import versions
from migrations.__main__ import main

ALEMBIC = """
import sys
import migrations.__main__
sys.exit(any(name.split(".")[0] in ("alembic", "sqlalchemy") for name in sys.modules))
"""

pytestmark = pytest.mark.legacy


def test_databases_are_the_folders_with_versions() -> None:
    assert "legacy" in versions.databases()


def test_url_comes_from_the_variable_of_the_database() -> None:
    url = versions.database_url("legacy", {"LEGACY_DATABASE_URL": " postgresql://a:b@c/d "})
    assert url == "postgresql://a:b@c/d"


def test_unknown_database_is_refused_with_the_known_ones() -> None:
    with pytest.raises(versions.MigrationRefused, match=r"unknown database 'lagacy'.*legacy"):
        versions.database_url("lagacy", {})


def test_missing_url_is_refused_with_the_name_of_the_variable() -> None:
    with pytest.raises(versions.MigrationRefused, match="LEGACY_DATABASE_URL is not set"):
        versions.database_url("legacy", {})


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothere", "upgrade"], "unknown database 'nothere'"),
        (["legacy", "sideways"], "'sideways' is not one of"),
        (["legacy", "upgrade"], "LEGACY_DATABASE_URL is not set"),
    ],
)
def test_wrong_call_exits_with_2_and_says_why(arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(main, arguments, env={"LEGACY_DATABASE_URL": None})
    assert result.exit_code == 2
    assert said in result.output


def test_unusable_url_exits_with_2() -> None:
    result = CliRunner().invoke(
        main, ["legacy", "current"], env={"LEGACY_DATABASE_URL": "nonsense"}
    )
    assert result.exit_code == 2
    assert "postgresql://user:password@host:port/db" in result.output


@pytest.mark.parametrize("database", versions.databases())
def test_last_version_is_the_one_that_alembic_finds(database: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(versions.ROOT / database))
    config.set_main_option("path_separator", "os")
    assert versions.head(database) == ScriptDirectory.from_config(config).get_current_head()


def test_the_command_alone_does_not_import_alembic() -> None:
    assert subprocess.run([sys.executable, "-c", ALEMBIC], check=False).returncode == 0
