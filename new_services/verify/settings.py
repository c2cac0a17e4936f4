"""What the operator says to the verification: VERIFY_… in the environment."""

from pydantic_settings import SettingsConfigDict

from chassis.process.settings import DatabaseUrl, ProcessSettings


class NoMonolith(Exception):
    """The monolith's database is needed, and was not named."""


class VerifySettings(ProcessSettings):
    """Where both sides are. A service without a URL is not looked at."""

    model_config = SettingsConfigDict(env_prefix="VERIFY_")

    legacy_url: DatabaseUrl | None = None  # a role with SELECT on the monolith's tables
    catalog_url: DatabaseUrl | None = None
    orders_url: DatabaseUrl | None = None
    inventory_url: DatabaseUrl | None = None
    sales_url: DatabaseUrl | None = None
    accounts_url: DatabaseUrl | None = None
    payments_url: DatabaseUrl | None = None
    retired: tuple[str, ...] = ()  # services that are the system of record themselves by now
    journal: str = ".fig/repairs"
    patience: float = 20.0  # seconds for orders that are under way; more than a saga's lease

    @property
    def monolith(self) -> str:
        """Its database. Raises NoMonolith where it was not named."""
        if self.legacy_url is None:
            raise NoMonolith(
                "VERIFY_LEGACY_URL is not set, so there is nothing to compare with;"
                " `verify --alone` checks the laws of the services without it"
            )
        return self.legacy_url

    def url(self, service: str) -> str | None:
        """The service's database, if it was named."""
        url: str | None = getattr(self, f"{service}_url", None)
        return url
