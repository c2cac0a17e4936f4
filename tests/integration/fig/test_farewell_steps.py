"""The steps of a farewell in PostgreSQL: killed at each, against what stands in their way, and an
archive that is not what it was.
"""

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from fig.errors import FigError
from fig.farewell import archive, dropping, sessions, sums
from fig.farewell.archive import Server
from fig.farewell.calling import InDatabase
from fig.farewell.record import Record
from fig.farewell.steps import Taken, take
from fig.stack.engines import databases, reverse_role
from fig.stack.engines.databases import Login

pytestmark = pytest.mark.integration
PROJECT = Path(__file__).parents[3]
STEPS = ("shut", "archive", "trial", "slots", "database", "roles")
ROWS = """
INSERT INTO category (code, name) VALUES ('zelte', 'Zelte ü'), ('rest', 'Rest');
INSERT INTO product (sku, name, cat_code, price)
SELECT 'P-' || n, 'Zelt ' || n, 'zelte', '9.90' FROM generate_series(1, 9) n
"""


@dataclass
class Old:
    """A server with the monolith's database, and a folder for archive and record."""

    server: Server
    folder: Path

    @property
    def archive(self) -> Path:
        return self.folder / "legacy.dump"

    @property
    def record(self) -> Path:
        return self.folder / "record.json"

    def killed(self, point: str) -> None:
        """The steps in a process of their own, killed at a point."""
        words = (point, "steps", self.server.url, self.server.programs, self.archive, self.record)
        done = subprocess.run(
            [sys.executable, "-m", "tests.rigs.processes.struck", *map(str, words)],
            cwd=PROJECT, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == -signal.SIGKILL, done.stderr

    def go_on(self) -> list[Taken]:
        """The steps that are left. Raises FigError."""
        record = Record(self.record)
        return list(take(InDatabase(self.server, "legacy", self.archive, record).steps(), record))

    def ask(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        with psycopg.connect(self.server.of(database), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    @property
    def left(self) -> dict[str, list[str]]:
        """What is there of the monolith."""
        asked = {
            "database": "SELECT datname FROM pg_database WHERE datname ~ '^legacy(_trial)?$'",
            "slot": "SELECT slot_name FROM pg_replication_slots",
            "role": "SELECT rolname FROM pg_roles WHERE rolname IN ('legacy', 'feed', 'reverse')",
            "origin": "SELECT roname FROM pg_replication_origin",
        }
        found = {
            kind: sorted(str(one) for (one,) in self.ask(text)) for kind, text in asked.items()
        }
        return {kind: names for kind, names in found.items() if names}


@pytest.fixture(scope="module")
def server(make_postgres) -> Server:
    """A server of its own: names of roles and slots are shared by all databases."""
    found = make_postgres()
    return Server(found.url(), found.binaries)


@pytest.fixture(scope="module")
def shop(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dump of the monolith's schema with a few rows."""
    path = tmp_path_factory.mktemp("shop") / "shop.dump"
    with psycopg.connect(server.url, autocommit=True) as connection:
        logins = _empty(connection)
        url = make_conninfo(server.of("legacy"), user="legacy", password=logins["legacy"].password)
        subprocess.run(
            [sys.executable, "-m", "migrations", "legacy", "upgrade"], cwd=PROJECT, check=True,
            env={**os.environ, "LEGACY_DATABASE_URL": _as_url(url)}, capture_output=True,
        )  # fmt: skip
        with psycopg.connect(server.of("legacy"), autocommit=True) as legacy:
            legacy.execute(ROWS)
            legacy.execute("CREATE PUBLICATION fig_feed FOR TABLE product, category")
        archive.make(server, "legacy", path)
        connection.execute("DROP DATABASE legacy")
    return path


def _as_url(conninfo: str) -> str:
    facts = conninfo_to_dict(conninfo)
    return "postgresql://{user}:{password}@{host}:{port}/{dbname}".format(**facts)


def _empty(connection: psycopg.Connection) -> dict[str, Login]:
    """The monolith's database and the roles, as the stack makes them."""
    names = ("legacy", "feed", "accounts", "reverse")
    logins = {name: Login(name, secrets.token_hex(8), "legacy") for name in names}
    readers = [logins["accounts"], logins["reverse"]]
    databases.create(connection, [logins["legacy"]], [logins["feed"]], readers)
    return logins


@pytest.fixture
def old(server: Server, shop: Path, tmp_path: Path) -> Iterator[Old]:
    """The monolith's database with roles, slot and origins."""
    found = Old(server, tmp_path)
    with psycopg.connect(server.url, autocommit=True) as connection:
        _empty(connection)
        archive.restore(server, shop, "legacy")
        reverse_role.prepare(server.url, "reverse", "legacy")
        found.ask("SELECT pg_create_logical_replication_slot('fig_feed', 'pgoutput')", "legacy")
        yield found
        for (slot,) in connection.execute("SELECT slot_name FROM pg_replication_slots").fetchall():
            connection.execute("SELECT pg_drop_replication_slot(%s)", [slot])
        connection.execute("DROP DATABASE IF EXISTS legacy WITH (FORCE)")


POINTS = (
    *(f"before:{step}" for step in STEPS),
    "after:archive", "after:database",
    "call:fig.farewell.archive._hash",  # the dump is written, and has not its name
    "call:fig.farewell.archive.keep_names",  # it has its name, and is not noted
    "call:fig.farewell.sums.differences",  # the trial's database is full
    "call:fig.farewell.dropping.publications",  # the slots are gone
    "call:fig.farewell.dropping.database",  # all is looked at once more
)  # fmt: skip


@pytest.mark.parametrize("point", POINTS)
def test_killed_anywhere_it_is_finished_by_the_next_call(old: Old, point: str) -> None:
    old.killed(point)
    dropped_yet = "legacy" not in old.left.get("database", [])
    assert not dropped_yet or point in ("before:database", "after:database", "before:roles")

    old.go_on()

    assert old.left == {}
    assert sorted(path.name for path in old.folder.iterdir()) == [
        "legacy.dump", "legacy.dump.json", "record.json",
    ]  # fmt: skip
    assert all(one.already for one in old.go_on())


def test_what_is_archived_can_be_restored_and_holds_the_same(old: Old) -> None:
    with psycopg.connect(old.server.of("legacy")) as connection:
        held = sums.of(connection)
    assert held.tables["public.product"][0] == 9
    assert held.sequences["public.product_id_seq"] == (9, True)
    old.go_on()

    assert old.archive.stat().st_mode & 0o777 == 0o600
    facts = json.loads(archive.beside(old.archive).read_text())
    found = archive.checked(old.archive, facts["sha256"])
    assert found.sums == held
    try:
        old.ask("CREATE DATABASE restored TEMPLATE template0")
        url = make_conninfo(old.server.of("restored"))
        words = ("--exit-on-error", "--no-owner", "--no-privileges", f"--dbname={url}")
        program = [old.server.programs / "pg_restore", *words, old.archive]
        subprocess.run(program, check=True, capture_output=True)  # docs/the-end.md
        with psycopg.connect(url) as connection:
            assert sums.differences(held, sums.of(connection)) == []
    finally:
        old.ask("DROP DATABASE restored")


def test_a_damaged_archive_is_refused_before_anything_is_dropped(old: Old) -> None:
    old.killed("after:trial")
    with old.archive.open("r+b") as file:
        file.seek(-20, os.SEEK_END)
        file.write(b"x")

    with pytest.raises(FigError, match=r"its hash differs\. The database was not dropped"):
        old.go_on()

    assert {"database", "slot", "role"} <= old.left.keys()
    old.go_on()


def test_a_damaged_archive_is_refused_right_before_the_drop(old: Old) -> None:
    old.killed("after:slots")
    old.archive.unlink()

    with pytest.raises(FigError, match="cannot be read"):
        old.go_on()

    assert old.left["database"] == ["legacy"]
    old.go_on()


def test_what_was_written_after_the_archive_is_not_lost(old: Old) -> None:
    old.killed("after:slots")
    old.ask("UPDATE product SET name = 'late' WHERE id = 3", "legacy")

    with pytest.raises(FigError, match=r"rows and checksum of public\.product"):
        old.go_on()

    assert old.left["database"] == ["legacy"]
    old.go_on()
    facts = json.loads(archive.beside(old.archive).read_text())
    assert old.left == {}
    assert facts["tables"]["public.product"][0] == 9


def test_a_session_that_is_not_ours_is_named_and_left_alone(old: Old) -> None:
    with (
        psycopg.connect(old.server.of("legacy"), application_name="month's end") as console,
        psycopg.connect(old.server.of("legacy"), application_name="fig-reverse") as ours,
    ):
        console.execute("SELECT 'a query of mine'")
        with pytest.raises(FigError) as refused:
            old.go_on()
        assert f"pid {console.info.backend_pid} (month's end, role postgres)" in str(refused.value)
        assert "a query of mine" in str(refused.value)
        assert console.execute("SELECT 1").fetchone() == (1,)
        with pytest.raises(psycopg.OperationalError):
            ours.execute("SELECT 1")
    assert not old.archive.exists()
    old.go_on()


def test_a_slot_in_use_is_named_and_waits(old: Old) -> None:
    url = old.server.of("legacy")
    reader = psycopg.connect(
        url, replication="database", autocommit=True, application_name="their tool"
    )
    reader.execute(
        "START_REPLICATION SLOT fig_feed LOGICAL 0/0"
        " (proto_version '1', publication_names 'fig_feed')"
    )
    pid = reader.info.backend_pid
    try:
        with psycopg.connect(old.server.url, autocommit=True) as connection:
            with pytest.raises(FigError, match=f"'fig_feed' is in use by pid {pid}"):
                dropping.slots(connection, "legacy", patience=0.0)
            with pytest.raises(FigError, match="their tool"):
                sessions.shut(connection, "legacy", patience=0.0)
    finally:
        reader.close()
    old.go_on()


def test_a_slot_of_somebody_else_is_named(old: Old) -> None:
    old.ask("SELECT pg_create_logical_replication_slot('theirs', 'pgoutput')", "legacy")
    with pytest.raises(FigError, match="'theirs' of legacy's database is not the migration's"):
        old.go_on()
    old.ask("SELECT pg_drop_replication_slot('theirs')", "legacy")
    old.go_on()


def test_a_dump_that_fails_leaves_what_was_there(old: Old, tmp_path: Path) -> None:
    """As where the disk is full: the program says so and ends."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in archive.PROGRAMS:
        (programs / name).write_text(
            "#!/bin/sh\necho some; echo 'No space left on device' >&2; exit 1"
        )
        (programs / name).chmod(0o755)
    with pytest.raises(FigError, match=r"pg_dump failed: No space left on device; nothing was"):
        archive.make(Server(old.server.url, programs), "legacy", old.archive)
    assert [path.name for path in tmp_path.iterdir()] == ["bin"]
