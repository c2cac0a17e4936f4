"""What the operator says to the orders service: ORDERS_… in the environment."""

from pathlib import Path
from typing import ClassVar

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from chassis.process.assembly import LegacySettings
from chassis.process.settings import DatabaseUrl, ServiceUrls, Timezone


class OrdersSettings(LegacySettings):
    """One instance of the orders service."""

    model_config = SettingsConfigDict(env_prefix="ORDERS_")
    by_key: ClassVar[bool] = True

    # Addresses of their instances, blank between; without them the registry is asked.
    inventory_url: ServiceUrls = ""
    payments_url: ServiceUrls = ""
    service_key: Path | None = None  # a private JWK (Ed25519): proves to them who calls
    identity_keys: str  # a JWKS: path of a file, or http:// URL at the facade's control process
    timezone: Timezone = "Europe/Berlin"  # of the times that legacy writes
    # A private JWK (X25519) that opens what the facade sealed for the monolith.
    session_key: Path | None = Field(default=None, validate_default=True)
    # The monolith's, as the role that writes what we own; without it the orders change no hands.
    legacy_database_url: DatabaseUrl | None = None
    legacy_feed: bool = True  # fill the read model from the monolith's change feed

    @field_validator("session_key")
    @classmethod
    def _with_the_monolith(cls, key: Path | None, known: ValidationInfo) -> Path | None:
        if key is None and known.data.get("legacy_url"):
            raise ValueError("needed together with ORDERS_LEGACY_URL")
        return key
