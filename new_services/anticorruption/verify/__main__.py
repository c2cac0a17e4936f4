"""`python -m new_services.anticorruption.verify [--deep] [--json] [SERVICE …]`.

Exit codes: 0 both sides hold the same, 1 they differ, 2 no verdict (something is away or behind).
"""

import asyncio
import json
import sys
import time

import asyncpg
import click

from chassis.settings import load
from new_services.anticorruption.verify import report, verification
from new_services.anticorruption.verify.freshness import NotFresh
from new_services.anticorruption.verify.settings import VerifySettings
from new_services.anticorruption.verify.sides import Incomparable

DIFFER, NO_VERDICT = 1, 2
NoVerdict = (
    NotFresh,
    Incomparable,
    verification.NothingToVerify,
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
)


@click.command()
@click.argument("services", nargs=-1)
@click.option("--deep", is_flag=True, help="Every row, by the projection's own conversions.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
def main(services: tuple[str, ...], deep: bool, as_json: bool) -> None:
    """Compare both sides row by row, and check the laws of stock, money and orders."""
    settings = load(VerifySettings)
    started = time.monotonic()

    def say(text: str) -> None:
        click.echo(f"verify: {time.monotonic() - started:5.1f} s  {text}", err=True)

    try:
        found = asyncio.run(verification.verify(settings, say, deep=deep, only=services))
    except NoVerdict as error:
        reason = str(error).strip() or type(error).__name__
        if as_json:
            click.echo(json.dumps({"ok": None, "error": reason}))
        click.echo(f"verify: no verdict: {reason}", err=True)
        sys.exit(NO_VERDICT)
    click.echo(json.dumps(report.as_json(found)) if as_json else report.as_text(found))
    if found.differences:
        sys.exit(DIFFER)
    sys.exit(NO_VERDICT if found.unsettled else 0)


if __name__ == "__main__":
    main(prog_name="python -m new_services.anticorruption.verify")
