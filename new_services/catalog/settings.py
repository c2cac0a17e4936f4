"""What the operator says to the catalog: CATALOG_… in the environment."""

from pathlib import Path

from pydantic_settings import SettingsConfigDict

from chassis.process.assembly import LegacySettings
from chassis.process.settings import DatabaseUrl, Timezone


class CatalogSettings(LegacySettings):
    """One instance of the catalog service."""

    model_config = SettingsConfigDict(env_prefix="CATALOG_")

    timezone: Timezone = "Europe/Berlin"  # of the shop's wall clock
    legacy_feed: bool = True  # fill the read model from the monolith's change feed
    # The monolith's database, as the role `reverse`; without it the goods stay the monolith's.
    legacy_database_url: DatabaseUrl | None = None
    # A private JWK (X25519) that opens what the facade sealed; without it the staff change nothing.
    session_key: Path | None = None
