"""What the operator says to the feed: FEED_… in the environment."""

from pydantic_settings import SettingsConfigDict

from chassis.process.settings import DatabaseUrl, ListenAddress, NatsUrl, ProcessSettings
from new_services.anticorruption.tables import TABLES

LEGACY_TABLES = tuple(table.name for table in TABLES)


class FeedSettings(ProcessSettings):
    """One feed per legacy database."""

    model_config = SettingsConfigDict(env_prefix="FEED_")

    legacy_url: DatabaseUrl  # a role with REPLICATION and SELECT on the tables
    owner_url: DatabaseUrl | None = None  # owner of the tables: only to set the publication up
    nats_url: NatsUrl
    listen: ListenAddress
    tables: tuple[str, ...] = LEGACY_TABLES
    slot: str = "fig_feed"
    publication: str = "fig_feed"
    heartbeat_ms: int = 50  # between two watermarks, while rows change or read models are asked
    rest_ms: int = 1000  # the same at rest
    chunk_rows: int = 2000  # read at once while changes stream by; they wait while it is published
    slot_alarm: float = 0.5  # share of max_slot_wal_keep_size that may be held back
    slot_alarm_mb: int = 1024  # the same where PostgreSQL sets no limit, in MiB
    stream_mb: int = 1024  # of changes that JetStream keeps, in MiB
