"""What the operator says to the accounts service: ACCOUNTS_… in the environment."""

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from chassis.process.assembly import LegacySettings
from chassis.process.settings import DatabaseUrl, Timezone

SHORTEST_KEY = 16  # characters, as the monolith asks of the same key
PLACEHOLDERS = ("change", "secret", "placeholder", "example", "dev")


def _real(key: str) -> str:
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"shorter than {SHORTEST_KEY} characters")
    if key.lower().startswith(PLACEHOLDERS):
        raise ValueError("this is a placeholder; put the key that the monolith has")
    return key


class AccountsSettings(LegacySettings):
    """One instance of the accounts service."""

    model_config = SettingsConfigDict(env_prefix="ACCOUNTS_")
    by_key: ClassVar[bool] = True

    secret_key: Annotated[str, AfterValidator(_real)]  # signs sessions: the monolith's own key
    legacy_feed: bool = True  # fill the read model from the monolith's change feed
    # The monolith's database, as a role that may read id, email and pw_hash of its customers.
    legacy_database_url: DatabaseUrl | None = Field(default=None, validate_default=True)

    # The same as the role `reverse`; without it the accounts stay the monolith's.
    reverse_database_url: DatabaseUrl | None = None
    timezone: Timezone = "Europe/Berlin"  # of the shop's wall clock

    @field_validator("legacy_database_url")
    @classmethod
    def _with_the_monolith(cls, url: str | None, known: ValidationInfo) -> str | None:
        if url is None and known.data.get("legacy_feed"):
            raise ValueError("needed as long as ACCOUNTS_LEGACY_FEED is on")
        return url
