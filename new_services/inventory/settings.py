"""What the operator says to the inventory: INVENTORY_… in the environment."""

from pathlib import Path
from typing import ClassVar

from pydantic_settings import SettingsConfigDict

from chassis.process.assembly import LegacySettings
from chassis.process.settings import DatabaseUrl, Timezone


class InventorySettings(LegacySettings):
    """One instance of the inventory service."""

    model_config = SettingsConfigDict(env_prefix="INVENTORY_")
    by_key: ClassVar[bool] = True

    legacy_feed: bool = True  # fill the read model from the monolith's change feed
    # A private JWK (X25519) that opens what the facade sealed; without it the staff count nothing.
    session_key: Path | None = None
    # The monolith's, as the role that writes what we own; without it the monolith gets no sale of
    # ours.
    legacy_database_url: DatabaseUrl | None = None
    timezone: Timezone = "Europe/Berlin"  # of the shop's wall clock
