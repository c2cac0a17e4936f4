"""The schema goes up, down and up again on a real server, and two runners take turns."""

import threading
from collections.abc import Callable

import psycopg
import pytest
from click.testing import CliRunner

from migrations import runner
from migrations.__main__ import main

pytestmark = pytest.mark.integration

TABLES = {
    "category",
    "customer",
    "order_line",
    "orders",
    "payment",
    "product",
    "stock",
    "stock_movement",
    "variant",
}


def tables_of(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {row[0] for row in rows} - {"alembic_version"}


def test_up_down_and_up_again(database: str) -> None:
    runner.upgrade("legacy", database)
    assert tables_of(database) == TABLES
    runner.downgrade("legacy", database, "base")
    assert tables_of(database) == set()
    assert runner.current(database) is None
    runner.upgrade("legacy", database)
    assert tables_of(database) == TABLES
    assert runner.current(database) is not None


def test_two_runners_at_once_take_turns(database: str) -> None:
    failures: list[Exception] = []

    def run() -> None:
        try:
            runner.upgrade("legacy", database)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert tables_of(database) == TABLES


def test_command_says_where_the_database_stands(database: str) -> None:
    run, environ = CliRunner().invoke, {"LEGACY_DATABASE_URL": database}
    assert run(main, ["legacy", "current"], env=environ).output == "legacy: at base\n"
    assert run(main, ["legacy", "upgrade"], env=environ).output == "legacy: at 0004\n"
    assert run(main, ["legacy", "downgrade"], env=environ).output == "legacy: at 0003\n"
    assert run(main, ["legacy", "downgrade"], env=environ).output == "legacy: at 0002\n"
    assert run(main, ["legacy", "downgrade"], env=environ).output == "legacy: at 0001\n"
    assert run(main, ["legacy", "downgrade"], env=environ).output == "legacy: at base\n"


def test_database_that_is_away_exits_with_1(free_port: Callable[[], int]) -> None:
    environ = {"LEGACY_DATABASE_URL": f"postgresql://a:b@127.0.0.1:{free_port()}/gone"}
    result = CliRunner().invoke(main, ["legacy", "upgrade"], env=environ)
    assert result.exit_code == 1
    assert result.output.startswith("Error: legacy: ")


def test_unknown_revision_exits_with_1(database: str) -> None:
    environ = {"LEGACY_DATABASE_URL": database}
    result = CliRunner().invoke(main, ["legacy", "upgrade", "9999"], env=environ)
    assert result.exit_code == 1
    assert "9999" in result.output


def test_a_database_at_the_last_version_needs_no_alembic(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = {"LEGACY_DATABASE_URL": database}
    run = CliRunner().invoke
    assert run(main, ["legacy", "upgrade", "0003"], env=environ).output == "legacy: at 0003\n"
    assert run(main, ["legacy", "upgrade"], env=environ).output == "legacy: at 0004\n"
    monkeypatch.setattr(runner, "upgrade", None)
    assert run(main, ["legacy", "upgrade"], env=environ).output == "legacy: at 0004\n"
