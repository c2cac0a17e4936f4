"""`python -m legacy_monolith.seed [--scale N]`, into `LEGACY_DATABASE_URL`.

Exit codes: 0 seeded or there already, 1 the database is away or has no schema, 2 a wrong call.
"""

import time

import click
import psycopg

from legacy_monolith.seed.store import seed


@click.command()
@click.option("--scale", default=1, type=click.IntRange(1, 1000), show_default=True)
@click.option("--url", envvar="LEGACY_DATABASE_URL", help="instead of LEGACY_DATABASE_URL")
def main(scale: int, url: str | None) -> None:
    """Fill an empty shop with 2,000 products, 500 customers and 5,000 orders, times SCALE."""
    if not url:
        raise click.UsageError("LEGACY_DATABASE_URL is not set")
    started = time.monotonic()

    def say(text: str) -> None:
        click.echo(f"seed: {time.monotonic() - started:5.1f} s  {text}")

    try:
        done = seed(url, scale, say)
    except psycopg.Error as error:
        raise click.ClickException(str(error).strip().splitlines()[0]) from error
    say("done" if done else "the shop has products already, nothing to do")


if __name__ == "__main__":
    main(prog_name="python -m legacy_monolith.seed")
