"""What the operator says to the catalog: CATALOG_… in the environment."""

from pathlib import Path

from pydantic_settings import SettingsConfigDict

from chassis.process.assembly import LegacySettings


class CatalogSettings(LegacySettings):
    """One instance of the catalog service."""

    model_config = SettingsConfigDict(env_prefix="CATALOG_")

    legacy_feed: bool = True  # fill the read model from the monolith's change feed
    # A private JWK (X25519) that opens what the facade sealed; without it the staff change nothing.
    session_key: Path | None = None
