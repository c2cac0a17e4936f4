"""What the operator says to the payments service: PAYMENTS_… in the environment."""

from typing import ClassVar

from pydantic_settings import SettingsConfigDict

from chassis.process.assembly import ServiceSettings


class PaymentsSettings(ServiceSettings):
    """One instance of the payments service."""

    model_config = SettingsConfigDict(env_prefix="PAYMENTS_")
    by_key: ClassVar[bool] = True
