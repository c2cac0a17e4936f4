"""What the operator says to the orders service: ORDERS_… in the environment."""

from pathlib import Path
from typing import ClassVar

from pydantic_settings import SettingsConfigDict

from chassis.process.assembly import ServiceSettings
from chassis.process.settings import ServiceUrl


class OrdersSettings(ServiceSettings):
    """One instance of the orders service."""

    model_config = SettingsConfigDict(env_prefix="ORDERS_")
    by_key: ClassVar[bool] = True

    inventory_url: ServiceUrl
    payments_url: ServiceUrl
    legacy_url: ServiceUrl
    identity_keys: str  # a JWKS: path of a file, or http:// URL at the facade's control process
    session_key: Path  # a private JWK (X25519): opens what the facade sealed for legacy
