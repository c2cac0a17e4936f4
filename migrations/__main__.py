"""`python -m migrations DATABASE[,DATABASE…] upgrade|downgrade|current [REVISION]`.

Several databases go one after the other in one process, which starts sooner than one for each.
The URL comes from `<DATABASE>_DATABASE_URL`. Exit codes: 0 done, 1 the database refused or is away,
2 the call or its configuration is wrong.
"""

import click

from migrations import versions


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
        url = versions.database_url(database)
    except versions.MigrationRefused as error:
        raise click.UsageError(str(error)) from error
    if action == "upgrade" and revision is None and versions.nothing_due(database, url):
        click.echo(f"{database}: at {versions.head(database)}")
        return
    # Imported where there is something to do: it takes longer than to see that there is nothing.
    from migrations.acting import act

    act(database, url, action, revision)


if __name__ == "__main__":
    main(prog_name="python -m migrations")
