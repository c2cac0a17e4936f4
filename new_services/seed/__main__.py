"""Exit codes: 0 the shop is there, also when it was before; 1 a database is away or refuses."""

import asyncio

import asyncpg
import click

from chassis.process.settings import load
from new_services.seed.filling import fill
from new_services.seed.settings import SeedSettings


def main() -> None:
    """Fill every database, and say what was filled."""
    try:
        filled = asyncio.run(fill(load(SeedSettings)))
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        click.echo(f"seed: {error}", err=True)
        raise SystemExit(1) from None
    click.echo(f"seed: {', '.join(filled) or 'every database holds a shop already'}")


if __name__ == "__main__":
    main()
