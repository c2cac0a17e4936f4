"""`python -m new_services.sales.rebuild`: the figures anew, and put in the live ones' place.

What events told is not taken over: the fresh tables are exchanged when they are no further behind
legacy than the live ones, and events that are told again then say nothing new.
Settings: SALES_DATABASE_URL, SALES_NATS_URL. Exit codes: 0 done, 1 it did not catch up or something
is away.
"""

import contextlib

from pydantic_settings import SettingsConfigDict

from chassis import bus
from chassis.projection import READER, FeedProjection
from chassis.rebuilding import Rebuilding, Say, fresh_reader, run_command
from chassis.settings import DatabaseUrl, NatsUrl, ProcessSettings, load
from chassis.watermark import Watermark
from migrations import runner
from new_services.sales import projections
from new_services.sales.app import legacy_translator

PATIENCE_SECONDS = 1800.0


class RebuildSettings(ProcessSettings):
    """Of the service's, what is needed here."""

    model_config = SettingsConfigDict(env_prefix="SALES_")

    database_url: DatabaseUrl
    nats_url: NatsUrl


async def rebuild(settings: RebuildSettings, say: Say, patience: float = PATIENCE_SECONDS) -> int:
    """Until the fresh tables are in place; gives their position. Raises NotRebuilt."""
    nats = await bus.connect(settings.nats_url, "sales-rebuild")

    async def project(url: str) -> None:
        projection = FeedProjection(
            url,
            nats,
            legacy_translator(),
            projections.ENTITIES,
            projections.apply,
            Watermark(),
            fresh_reader(READER),
        )
        await projection.run()

    try:
        rebuilding = Rebuilding(settings.database_url, READER, project, say)
        return await rebuilding.run(lambda url: runner.upgrade("sales", url), patience)
    finally:
        with contextlib.suppress(*bus.BusErrors):
            await nats.close()


def main() -> None:
    """Exit with the code."""
    settings = load(RebuildSettings)
    run_command("sales-rebuild", "the sales figures are", lambda say: rebuild(settings, say))


if __name__ == "__main__":
    main()
