"""What the operator says to the sales figures: SALES_… in the environment."""

from pydantic_settings import SettingsConfigDict

from chassis.process.assembly import ServiceSettings
from chassis.process.settings import ServiceUrl


class SalesSettings(ServiceSettings):
    """One instance of the sales service."""

    model_config = SettingsConfigDict(env_prefix="SALES_")

    # Asked while the feed stands still: whether the monolith could answer instead.
    legacy_url: ServiceUrl | None = None
    legacy_feed: bool = True  # fill the read model from the monolith's change feed
    connections: int = 4  # to the database: the back office is few people
    timezone: str = "Europe/Berlin"  # of the shop's wall clock
