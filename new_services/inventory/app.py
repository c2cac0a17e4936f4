"""Composition root of the inventory."""

from prometheus_client import Gauge

from chassis.process.assembly import Ground, Parts
from chassis.readmodel.projection import FeedProjection
from chassis.readmodel.watermark import Watermark
from contracts.catalog import Translator
from new_services.inventory import projections
from new_services.inventory.endpoints import Endpoints
from new_services.inventory.handlers import Handler


def legacy_translator() -> Translator:
    """The monolith's feed in our words; imported only while there is a monolith."""
    from new_services.anticorruption.inventory import translator

    return translator()


async def build(ground: Ground) -> Parts:
    """Projection of the feed, commands, endpoints."""
    watermark = Watermark()
    gauge = Gauge("inventory_watermark", "All before it is in", registry=ground.metrics)
    gauge.set_function(lambda: watermark.micros / 1e6)
    projection = FeedProjection(
        ground.settings.database_url,
        ground.nats,
        legacy_translator(),
        projections.ENTITIES,
        projections.apply,
        watermark,
    )
    endpoints = Endpoints(ground.pool, watermark, Handler(ground.pool, watermark))
    return Parts(
        register=endpoints.register,
        calls=endpoints.calls(),
        background=[projection.run],
        ready=projection.ready,
        watermark=watermark,
    )
