"""Composition root of the sales figures: feed, events, endpoints."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from fastapi import FastAPI

from chassis.events.inbox import Inbox
from chassis.ownership.closed.followed import Followed
from chassis.process.assembly import Ground, Parts
from chassis.readmodel.fed import fed
from chassis.readmodel.projection import Model
from chassis.retention import forgetting
from contracts.cutover import ENTITIES
from new_services.sales import projections
from new_services.sales.cleaning import NOTE, RULES
from new_services.sales.endpoints import Endpoints
from new_services.sales.handlers import HANDLERS
from new_services.sales.settings import SalesSettings


def legacy_model() -> Model:
    """What the monolith's feed makes; anticorruption is imported only while there is a monolith."""
    from new_services.anticorruption.read_models import translator

    return projections.model(translator("sales"))


async def build(ground: Ground) -> Parts:
    """Two sources of the same orders, and the figures made of them."""
    settings = ground.settings
    assert isinstance(settings, SalesSettings)
    followed = Followed(ground.pool, ENTITIES, frozenset(ENTITIES))
    model = replace(legacy_model(), followed=followed) if settings.legacy_feed else None
    read = fed(ground, model, legacy=settings.legacy_client(limit=1), followed=followed)
    inbox = Inbox(settings.database_url, ground.nats, "sales", HANDLERS, ground.metrics)
    zone = ZoneInfo(settings.timezone)

    def today() -> date:
        return datetime.now(zone).date()

    endpoints = Endpoints(ground.pool, read.watermark, today)

    def register(app: FastAPI) -> None:
        endpoints.register(app)
        inbox.register(app, ground.pool)

    return Parts(
        register=register,
        alarms=lambda: inbox.alarms,
        background=[
            *read.background,
            inbox.run,
            forgetting(ground.pool, RULES, NOTE),
        ],
        ready=read.ready,
        watermark=read.watermark,
    )
