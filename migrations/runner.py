"""One run of Alembic against one database, under a lock, in one transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from migrations.versions import ROOT, MigrationRefused

# Two runners at once (a restarted stack, two replicas) take turns: the second finds nothing to do.
LOCK_ID = 7_211_934


def upgrade(database: str, url: str, revision: str = "head") -> None:
    """Bring the database up to `revision`; nothing happens when it is there already."""
    _run(database, url, lambda config: command.upgrade(config, revision))


def downgrade(database: str, url: str, revision: str = "-1") -> None:
    """Take the database back to `revision` (`-1`: one step, `base`: to nothing)."""
    _run(database, url, lambda config: command.downgrade(config, revision))


def current(url: str) -> str | None:
    """The revision the database stands at, None for an empty one."""
    with _locked(url) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _run(database: str, url: str, step: Callable[[Config], None]) -> None:
    config = Config()
    # Config is a ConfigParser inside, to which a percent sign in a path means a variable.
    config.set_main_option("script_location", str(ROOT).replace("%", "%%"))
    versions = str(ROOT / database / "versions").replace("%", "%%")
    config.set_main_option("version_locations", versions)
    config.set_main_option("path_separator", "newline")
    with _locked(url) as connection:
        config.attributes["connection"] = connection
        step(config)


@contextmanager
def _locked(url: str) -> Iterator[Connection]:
    try:
        target = make_url(url).set(drivername="postgresql+psycopg")
    except ArgumentError as error:
        raise MigrationRefused("the URL is not postgresql://user:password@host:port/db") from error
    engine = create_engine(target, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:id)"), {"id": LOCK_ID})
        yield connection
