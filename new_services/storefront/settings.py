"""What the operator says to the storefront: STOREFRONT_… in the environment."""

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from chassis.process.assembly import StatelessSettings
from chassis.process.settings import ServiceUrls


class StorefrontSettings(StatelessSettings):
    """One instance of the storefront."""

    model_config = SettingsConfigDict(env_prefix="STOREFRONT_")

    # Addresses of their instances, blank between; without them the registry is asked.
    catalog_url: ServiceUrls = ""
    inventory_url: ServiceUrls = ""
    accounts_url: ServiceUrls = ""
    orders_url: ServiceUrls = ""
    sales_url: ServiceUrls = ""
    service_key: Path | None = None  # a private JWK (Ed25519): proves to them who calls
    deadline: Annotated[float, Field(gt=0)] = 3.0  # seconds for all that one page asks for
