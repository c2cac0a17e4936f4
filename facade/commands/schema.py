"""`python -m facade schema`: the JSON Schema of the route file."""

import click

from facade.routes.file.schema import schema_text


@click.command()
def schema() -> None:
    """Print the route file's JSON Schema (kept in routes.schema.json)."""
    click.echo(schema_text(), nl=False)
