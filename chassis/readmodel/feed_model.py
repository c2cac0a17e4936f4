"""The program that rebuilds a read model: the same projection, into fresh tables beside the live
ones. Where the stream no longer holds all changes, the projection asks the feed to read the tables
again, as every reader does that comes too late.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from pydantic_settings import SettingsConfigDict

from chassis.events import bus
from chassis.process.settings import DatabaseUrl, NatsUrl, ProcessSettings, load
from chassis.readmodel.projection import FeedProjection, Model
from chassis.readmodel.rebuild import Rebuilding, Say, fresh_reader, run_command
from chassis.readmodel.swap import Part
from chassis.readmodel.watermark import Watermark

PATIENCE_SECONDS = 1800.0


class RebuildSettings(ProcessSettings):
    """What the rebuild needs of a service's settings."""

    database_url: DatabaseUrl
    nats_url: NatsUrl


@dataclass(frozen=True, slots=True)
class FeedModel:
    """A service's read model; without a `part` it is all that the service's database holds.
    `unless`: a query whose row says why the model must not be rebuilt."""

    service: str
    model: Model
    migrate: Callable[[str], None]
    part: Part | None = None
    unless: str = ""

    async def rebuild(
        self, settings: RebuildSettings, say: Say, patience: float = PATIENCE_SECONDS
    ) -> int:
        """Until the fresh tables are in place; the stream's position they have reached.

        Raises NotRebuilt after `patience` seconds; then the live tables are as they were.
        """
        nats = await bus.connect(settings.nats_url, f"{self.service}-rebuild")
        fresh = replace(self.model, reader=fresh_reader(self.model.reader))

        async def project(url: str) -> None:
            await FeedProjection(url, nats, fresh, Watermark()).run()

        try:
            rebuilding = Rebuilding(
                settings.database_url, self.model.reader, project, say, self.part, self.unless
            )
            return await rebuilding.run(self.migrate, patience)
        finally:
            with contextlib.suppress(*bus.BusErrors):
                await nats.close()

    def command(self, what: str) -> None:
        """The rebuild as a program: exits with 0, or with 1 where the live tables are unchanged.

        Settings: <SERVICE>_DATABASE_URL and <SERVICE>_NATS_URL in the environment.
        """
        config = SettingsConfigDict(env_prefix=f"{self.service.upper()}_")
        kind: type[RebuildSettings] = type("S", (RebuildSettings,), {"model_config": config})
        settings = load(kind)
        run_command(f"{self.service}-rebuild", what, lambda say: self.rebuild(settings, say))
