"""`python -m migrations DATABASE[,DATABASE…] upgrade|downgrade|current [REVISION]`.

Several databases go one after the other in one process, which starts sooner than one for each.
The URL comes from `<DATABASE>_DATABASE_URL`. Exit codes: 0 done, 1 the database refused or is away,
2 the call or its configuration is wrong.
"""

import click
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from migrations import runner


@click.command()
@click.argument("database")
@click.argument("action", type=click.Choice(["upgrade", "downgrade", "current"]))
@click.argument("revision", required=False)
def main(database: str, action: str, revision: str | None) -> None:
    """Bring databases to a version of their schema, or say where they stand."""
    for name in database.split(","):
        _one(name, action, revision)


def _one(database: str, action: str, revision: str | None) -> None:
    try:
        url = runner.database_url(database)
        if action == "upgrade":
            runner.upgrade(database, url, revision or "head")
        elif action == "downgrade":
            runner.downgrade(database, url, revision or "-1")
        click.echo(f"{database}: at {runner.current(url) or 'base'}")
    except runner.MigrationRefused as error:
        raise click.UsageError(str(error)) from error
    except (CommandError, SQLAlchemyError) as error:
        raise click.ClickException(f"{database}: {str(error).strip().splitlines()[0]}") from error


if __name__ == "__main__":
    main(prog_name="python -m migrations")
