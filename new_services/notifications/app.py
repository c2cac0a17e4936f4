"""Composition root of the notifications service."""

from fastapi import FastAPI

from chassis.events.inbox import Inbox
from chassis.process.assembly import Ground, Parts
from chassis.retention import forgetting
from new_services.notifications.cleaning import NOTE, RULES
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

    def register(app: FastAPI) -> None:
        Endpoints(ground.pool).register(app)
        inbox.register(app, ground.pool)

    return Parts(
        register=register,
        background=[
            inbox.run,
            sender.run,
            forgetting(ground.pool, RULES, NOTE),
        ],
        alarms=lambda: inbox.alarms,
        details=lambda: {"breakers": {"mail server": dict(sender.guard.facts())}},
    )
