"""What the operator says to the catalog: CATALOG_… in the environment."""

from pathlib import Path

from pydantic_settings import SettingsConfigDict

from chassis.process.assembly import ServiceSettings
from chassis.process.settings import ServiceUrl


class CatalogSettings(ServiceSettings):
    """One instance of the catalog service."""

    model_config = SettingsConfigDict(env_prefix="CATALOG_")

    # Asked while the feed stands still: whether the monolith could answer instead. And the owner
    # of the goods, whose form a change is.
    legacy_url: ServiceUrl | None = None
    legacy_feed: bool = True  # fill the read model from the monolith's change feed
    # A private JWK (X25519) that opens what the facade sealed; without it the staff change nothing.
    session_key: Path | None = None
