"""`python -m new_services.catalog.rebuild`: the read model anew, and put in the live one's place.

The settings are the catalog's. Exit codes: 0 done, 1 it did not catch up or something is away.
"""

import contextlib

from prometheus_client import CollectorRegistry, Histogram

from chassis.events import bus
from chassis.process.settings import load
from chassis.readmodel.rebuild import Rebuilding, Say, fresh_reader, run_command
from chassis.readmodel.watermark import Watermark
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
    settings = load(CatalogSettings)
    run_command("catalog-rebuild", "the catalog is", lambda say: rebuild(settings, say))


if __name__ == "__main__":
    main()
