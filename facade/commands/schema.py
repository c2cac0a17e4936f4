"""`python -m facade schema`: the JSON Schema of the route file."""

import click

from facade.routes.file.schema import schema_text


@click.command()
def schema() -> None:
    """Print the route file's JSON Schema (the package holds it as facade/routes.schema.json)."""
    click.echo(schema_text(), nl=False)
