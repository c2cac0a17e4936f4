"""Composition root of the sales figures: feed, events, the page."""

from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from fastapi import FastAPI

from chassis.events.inbox import Inbox
from chassis.process.assembly import Ground, Parts
from chassis.readmodel.fed import fed
from chassis.readmodel.projection import Model
from chassis.retention import forgetting
from chassis.web.identity import Verifier
from chassis.web.keys import read_key
from new_services.sales import projections
from new_services.sales.cleaning import NOTE, RULES
from new_services.sales.endpoints import Endpoints, FormToken
from new_services.sales.handlers import HANDLERS
from new_services.sales.pages import Pages
from new_services.sales.settings import SalesSettings


def legacy_model() -> Model:
    """What the monolith's feed makes; anticorruption is imported only while there is a monolith."""
    from new_services.anticorruption.read_models import translator

    return projections.model(translator("sales"))


def form_tokens(settings: SalesSettings) -> FormToken:
    """Of the monolith's sessions, while there is a monolith; the page carries none without."""
    if settings.session_key is None:
        return lambda _sealed, _email: ""
    from new_services.anticorruption.session import form_token

    return partial(form_token, read_key(settings.session_key))


async def build(ground: Ground) -> Parts:
    """Two sources of the same orders, and the page made of them."""
    settings = ground.settings
    assert isinstance(settings, SalesSettings)
    model = legacy_model() if settings.legacy_feed else None
    read = fed(ground, model, legacy=settings.legacy_url)
    inbox = Inbox(settings.database_url, ground.nats, "sales", HANDLERS, ground.metrics)
    zone = ZoneInfo(settings.timezone)

    def today() -> date:
        return datetime.now(zone).date()

    endpoints = Endpoints(
        ground.pool,
        read.watermark,
        Verifier(settings.identity_keys),
        form_tokens(settings),
        Pages(),
        today,
    )

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
