"""What the operator says to the sales figures: SALES_… in the environment."""

from pathlib import Path

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from chassis.process.assembly import ServiceSettings
from chassis.process.settings import ServiceUrl


class SalesSettings(ServiceSettings):
    """One instance of the sales service."""

    model_config = SettingsConfigDict(env_prefix="SALES_")

    # Asked while the feed stands still: whether the monolith could answer instead.
    legacy_url: ServiceUrl | None = None
    legacy_feed: bool = True  # fill the read model from the monolith's change feed
    connections: int = 4  # to the database: the back office is few people
    timezone: str = "Europe/Berlin"  # of the shop's wall clock
    identity_keys: str  # a JWKS: path of a file, or http:// URL at the facade's control process
    # A private JWK (X25519) that opens what the facade sealed; none without a monolith.
    session_key: Path | None = Field(default=None, validate_default=True)

    @field_validator("session_key")
    @classmethod
    def _with_the_monolith(cls, key: Path | None, known: ValidationInfo) -> Path | None:
        if key is None and known.data.get("legacy_feed"):
            raise ValueError("needed as long as SALES_LEGACY_FEED is on")
        return key
