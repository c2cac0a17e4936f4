"""What the operator says to the catalog: CATALOG_… in the environment."""

from pydantic import field_validator
from pydantic_settings import SettingsConfigDict

from chassis.process.assembly import ServiceSettings
from new_services.catalog.faults import fault_named


class CatalogSettings(ServiceSettings):
    """One instance of the catalog service."""

    model_config = SettingsConfigDict(env_prefix="CATALOG_")

    legacy_feed: bool = True  # fill the read model from the monolith's change feed
    fault: str = ""  # a name from faults.py; empty: none

    @field_validator("fault")
    @classmethod
    def _known_fault(cls, name: str) -> str:
        fault_named(name)
        return name
