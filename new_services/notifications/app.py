"""Composition root of the notifications service."""

from chassis.events.inbox import Inbox
from chassis.process.assembly import Ground, Parts
from new_services.notifications.endpoints import Endpoints
from new_services.notifications.handlers import handlers
from new_services.notifications.sender import Sender
from new_services.notifications.settings import NotificationsSettings


async def build(ground: Ground) -> Parts:
    """Inbox, sender, endpoints."""
    settings = ground.settings
    assert isinstance(settings, NotificationsSettings)
    sender = Sender(
        settings.database_url,
        (settings.smtp.host, settings.smtp.port),
        settings.sender,
        ground.metrics,
    )
    inbox = Inbox(
        settings.database_url, ground.nats, "notifications", handlers(sender.wake), ground.metrics
    )
    return Parts(register=Endpoints(ground.pool).register, background=[inbox.run, sender.run])
