"""What the operator says to the catalog: CATALOG_… in the environment."""

from pydantic import field_validator
from pydantic_settings import SettingsConfigDict

from chassis.settings import DatabaseUrl, ListenAddress, NatsUrl, ProcessSettings
from new_services.catalog.faults import fault_named


class CatalogSettings(ProcessSettings):
    """One instance of the catalog service."""

    model_config = SettingsConfigDict(env_prefix="CATALOG_")

    database_url: DatabaseUrl
    nats_url: NatsUrl
    listen: ListenAddress
    legacy_feed: bool = True  # fill the read model from the monolith's change feed
    fault: str = ""  # a name from faults.py; empty: none
    connections: int = 10  # to the database, for answering

    @field_validator("fault")
    @classmethod
    def _known_fault(cls, name: str) -> str:
        fault_named(name)
        return name
