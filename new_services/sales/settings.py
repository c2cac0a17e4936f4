"""What the operator says to the sales figures: SALES_… in the environment."""

from pydantic_settings import SettingsConfigDict

from chassis.process.assembly import LegacySettings


class SalesSettings(LegacySettings):
    """One instance of the sales service."""

    model_config = SettingsConfigDict(env_prefix="SALES_")

    legacy_feed: bool = True  # fill the read model from the monolith's change feed
    connections: int = 4  # to the database: the back office is few people
    timezone: str = "Europe/Berlin"  # of the shop's wall clock
