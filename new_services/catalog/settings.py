"""What the operator says to the catalog: CATALOG_… in the environment."""

from pydantic_settings import SettingsConfigDict

from chassis.process.assembly import ServiceSettings
from chassis.process.settings import ServiceUrl


class CatalogSettings(ServiceSettings):
    """One instance of the catalog service."""

    model_config = SettingsConfigDict(env_prefix="CATALOG_")

    # Asked while the feed stands still: whether the monolith could answer instead.
    legacy_url: ServiceUrl | None = None
    legacy_feed: bool = True  # fill the read model from the monolith's change feed
