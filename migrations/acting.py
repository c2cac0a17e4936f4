"""One call of the command by Alembic, its errors in words."""

import click
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from migrations import runner
from migrations.versions import MigrationRefused


def act(database: str, url: str, action: str, revision: str | None) -> None:
    """Says where the database stands after it. Raises click's errors, with our exit codes."""
    try:
        if action == "upgrade":
            runner.upgrade(database, url, revision or "head")
        elif action == "downgrade":
            runner.downgrade(database, url, revision or "-1")
        click.echo(f"{database}: at {runner.current(url) or 'base'}")
    except MigrationRefused as error:
        raise click.UsageError(str(error)) from error
    except (CommandError, SQLAlchemyError) as error:
        raise click.ClickException(f"{database}: {str(error).strip().splitlines()[0]}") from error
