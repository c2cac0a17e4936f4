"""What the operator says to the sales figures: SALES_… in the environment."""

from pathlib import Path

from pydantic_settings import SettingsConfigDict

from chassis.process.assembly import ServiceSettings


class SalesSettings(ServiceSettings):
    """One instance of the sales service."""

    model_config = SettingsConfigDict(env_prefix="SALES_")

    connections: int = 4  # to the database: the back office is few people
    timezone: str = "Europe/Berlin"  # of the shop's wall clock
    identity_keys: str  # a JWKS: path of a file, or http:// URL at the facade's control process
    session_key: Path  # a private JWK (X25519): opens what the facade sealed
