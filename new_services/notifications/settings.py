"""What the operator says to the notifications: NOTIFICATIONS_… in the environment."""

from pydantic_settings import SettingsConfigDict

from chassis.process.assembly import ServiceSettings
from chassis.process.settings import ListenAddress


class NotificationsSettings(ServiceSettings):
    """One instance of the notifications service."""

    model_config = SettingsConfigDict(env_prefix="NOTIFICATIONS_")

    smtp: ListenAddress  # HOST:PORT of the server that takes the mails
    sender: str = "shop@shop.invalid"
