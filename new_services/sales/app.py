"""Composition root of the sales figures: feed, events, the page."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
from joserfc.jwk import OKPKey
from prometheus_client import Gauge

from chassis.events.inbox import Inbox
from chassis.process.assembly import Ground, Parts
from chassis.readmodel.projection import FeedProjection
from chassis.readmodel.watermark import Watermark
from chassis.web.identity import Verifier
from contracts.catalog import Translator
from new_services.sales import projections
from new_services.sales.endpoints import Endpoints
from new_services.sales.handlers import HANDLERS
from new_services.sales.pages import Pages
from new_services.sales.settings import SalesSettings

PACE_SECONDS = 0.25  # moving the sums costs more than the rows do: once for several orders


def legacy_translator() -> Translator:
    """The monolith's feed in our words; imported only while there is a monolith."""
    from new_services.anticorruption.sales import translator

    return translator()


async def build(ground: Ground) -> Parts:
    """Two sources of the same orders, and the page made of them."""
    settings = ground.settings
    assert isinstance(settings, SalesSettings)
    watermark = Watermark()
    gauge = Gauge("sales_watermark", "All before it is in", registry=ground.metrics)
    gauge.set_function(lambda: watermark.micros / 1e6)
    projection = FeedProjection(
        settings.database_url,
        ground.nats,
        legacy_translator(),
        projections.ENTITIES,
        projections.apply,
        watermark,
        pace=PACE_SECONDS,
    )
    inbox = Inbox(settings.database_url, ground.nats, "sales", HANDLERS, ground.metrics)
    zone = ZoneInfo(settings.timezone)

    def today() -> date:
        return datetime.now(zone).date()

    endpoints = Endpoints(
        ground.pool,
        watermark,
        Verifier(settings.identity_keys),
        _key(settings.session_key),
        Pages(),
        today,
    )
    return Parts(
        register=endpoints.register,
        background=[projection.run, inbox.run],
        ready=projection.ready,
        watermark=watermark,
    )


def _key(path: Path) -> OKPKey:
    return OKPKey.import_key(orjson.loads(path.read_bytes()))
