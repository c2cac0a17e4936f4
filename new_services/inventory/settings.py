"""What the operator says to the inventory: INVENTORY_… in the environment."""

from pydantic_settings import SettingsConfigDict

from chassis.assembly import ServiceSettings


class InventorySettings(ServiceSettings):
    """One instance of the inventory service."""

    model_config = SettingsConfigDict(env_prefix="INVENTORY_")
