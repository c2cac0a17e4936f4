"""`python -m new_services.catalog.rebuild`: the read model anew, and put in the live one's place.

The settings are the catalog's. Exit codes: 0 done, 1 it did not catch up or something is away.
"""

import asyncio
import contextlib
import sys
import time

import asyncpg
from prometheus_client import CollectorRegistry, Histogram

from chassis import bus, telemetry
from chassis.rebuilding import NotRebuilt, Rebuilding, Say, fresh_reader
from chassis.settings import load
from chassis.watermark import Watermark
from migrations import runner
from new_services.catalog.app import legacy_translator
from new_services.catalog.projections import READER, Projector
from new_services.catalog.settings import CatalogSettings

PATIENCE_SECONDS = 600.0


async def rebuild(settings: CatalogSettings, say: Say, patience: float = PATIENCE_SECONDS) -> int:
    """Until the fresh tables are in place; gives their position. Raises NotRebuilt."""
    nats = await bus.connect(settings.nats_url, "catalog-rebuild")
    unheard = Histogram("delay", "Nobody asks", registry=CollectorRegistry())

    async def project(url: str) -> None:
        name = fresh_reader(READER)
        projector = Projector(url, nats, legacy_translator(), Watermark(), unheard, name)
        await projector.follower.run()

    try:
        rebuilding = Rebuilding(settings.database_url, READER, project, say)
        return await rebuilding.run(lambda url: runner.upgrade("catalog", url), patience)
    finally:
        with contextlib.suppress(*bus.BusErrors):
            await nats.close()


def main() -> None:
    """Exit with the code."""
    telemetry.setup("catalog-rebuild")
    started = time.monotonic()

    def say(text: str) -> None:
        print(f"rebuild: {time.monotonic() - started:5.1f} s  {text}", file=sys.stderr)  # noqa: T201

    try:
        position = asyncio.run(rebuild(load(CatalogSettings), say))
    except (NotRebuilt, OSError, TimeoutError, asyncpg.PostgresError) as error:
        say(f"nothing was exchanged: {error}")
        raise SystemExit(1) from None
    took = time.monotonic() - started
    print(f"the catalog is made anew up to message {position:,} ({took:.1f} s)")  # noqa: T201


if __name__ == "__main__":
    main()
