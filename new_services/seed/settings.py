"""What the operator says to the seed: SEED_… in the environment."""

from pydantic_settings import SettingsConfigDict

from chassis.process.settings import DatabaseUrl, ProcessSettings


class SeedSettings(ProcessSettings):
    """The databases of the services that hold the shop, as their owners."""

    model_config = SettingsConfigDict(env_prefix="SEED_")

    catalog_url: DatabaseUrl
    inventory_url: DatabaseUrl
    orders_url: DatabaseUrl
    sales_url: DatabaseUrl
    accounts_url: DatabaseUrl

    def url(self, service: str) -> str:
        """The service's database."""
        return str(getattr(self, f"{service}_url"))
