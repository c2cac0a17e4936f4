"""What a FeedProjection makes, made anew: the same projection, into the fresh tables.

Where the stream no longer holds all, the projection has the tables read again, as any reader does
that comes too late.
"""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chassis.events import bus
from chassis.process.settings import DatabaseUrl, NatsUrl, ProcessSettings
from chassis.readmodel.projection import READER, Apply, FeedProjection
from chassis.readmodel.rebuild import Rebuilding, Say, fresh_reader
from chassis.readmodel.swap import Part
from chassis.readmodel.watermark import Watermark
from contracts.catalog import Translator

PATIENCE_SECONDS = 1800.0


class RebuildSettings(ProcessSettings):
    """Of a service's, what is needed for it; a subclass sets `env_prefix`."""

    database_url: DatabaseUrl
    nats_url: NatsUrl


@dataclass(frozen=True, slots=True)
class FeedModel:
    """As the service projects it; without a `part` it is all that its database holds."""

    service: str
    translate: Translator
    entities: Sequence[str]
    apply: Apply
    migrate: Callable[[str], None]
    part: Part | None = None

    async def rebuild(
        self, settings: RebuildSettings, say: Say, patience: float = PATIENCE_SECONDS
    ) -> int:
        """Until the fresh tables are in place; gives their position. Raises NotRebuilt."""
        nats = await bus.connect(settings.nats_url, f"{self.service}-rebuild")

        async def project(url: str) -> None:
            projection = FeedProjection(
                url,
                nats,
                self.translate,
                self.entities,
                self.apply,
                Watermark(),
                fresh_reader(READER),
            )
            await projection.run()

        try:
            rebuilding = Rebuilding(settings.database_url, READER, project, say, self.part)
            return await rebuilding.run(self.migrate, patience)
        finally:
            with contextlib.suppress(*bus.BusErrors):
                await nats.close()
