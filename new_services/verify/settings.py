"""What the operator says to the verification: VERIFY_… in the environment."""

from pydantic_settings import SettingsConfigDict

from chassis.process.settings import DatabaseUrl, ProcessSettings


class VerifySettings(ProcessSettings):
    """Where both sides are. A service without a URL is not looked at."""

    model_config = SettingsConfigDict(env_prefix="VERIFY_")

    legacy_url: DatabaseUrl  # a role with SELECT on the monolith's tables
    catalog_url: DatabaseUrl | None = None
    orders_url: DatabaseUrl | None = None
    inventory_url: DatabaseUrl | None = None
    sales_url: DatabaseUrl | None = None
    accounts_url: DatabaseUrl | None = None
    payments_url: DatabaseUrl | None = None
    retired: tuple[str, ...] = ()  # services that are the system of record themselves by now
    journal: str = ".fig/repairs"
    patience: float = 20.0  # seconds for orders that are under way; more than a saga's lease

    def url(self, service: str) -> str | None:
        """The service's database, if it was named."""
        url: str | None = getattr(self, f"{service}_url", None)
        return url
