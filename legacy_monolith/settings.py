"""What the operator says about the monolith, from `LEGACY_…` variables."""

import sys
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PLACEHOLDERS = ("change", "secret", "placeholder", "example", "dev")
SHORTEST_KEY = 16


class Settings(BaseSettings):
    """Refuses missing and placeholder values; see `load` for how it says so."""

    model_config = SettingsConfigDict(env_prefix="LEGACY_", frozen=True, hide_input_in_errors=True)

    database_url: str
    secret_key: str
    timezone: str = "Europe/Berlin"
    listen: str = "127.0.0.1:5000"
    workers: int = 2
    threads: int = 4

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, url: str) -> str:
        if not url.startswith(("postgresql://", "postgres://")):
            raise ValueError("expected postgresql://user:password@host:port/db")
        return url

    @field_validator("secret_key")
    @classmethod
    def _is_secret(cls, key: str) -> str:
        if len(key) < SHORTEST_KEY:
            raise ValueError(f"shorter than {SHORTEST_KEY} characters")
        if key.lower().startswith(PLACEHOLDERS):
            raise ValueError("this is a placeholder; generate a random one")
        return key

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"no such time zone: '{name}'") from error
        return name

    @property
    def sqlalchemy_url(self) -> str:
        """The same URL with the driver that SQLAlchemy is to use."""
        return "postgresql+psycopg://" + self.database_url.split("://", 1)[1]


def load() -> Settings:
    """Read the environment; on bad settings say what is wrong and exit with 2."""
    try:
        return Settings()
    except ValidationError as error:
        for problem in error.errors():
            name = "LEGACY_" + "_".join(str(part) for part in problem["loc"]).upper()
            sys.stderr.write(f"legacy_monolith: {name}: {problem['msg']}\n")
        raise SystemExit(2) from None
