"""Composition root of the catalog: projection of the feed, endpoints."""

from prometheus_client import CollectorRegistry, Gauge, Histogram

from chassis.process.assembly import Ground, Parts
from chassis.readmodel.watermark import Watermark
from contracts.catalog import Translator
from new_services.catalog.endpoints import Endpoints
from new_services.catalog.projections import Projector
from new_services.catalog.settings import CatalogSettings


def legacy_translator() -> Translator:
    """The monolith's feed in our words; imported only while there is a monolith."""
    from new_services.anticorruption.catalog import LegacyCatalog

    return LegacyCatalog()


async def build(ground: Ground) -> Parts:
    """With the legacy feed the goods are projected from it; without, they are what we hold."""
    settings = ground.settings
    assert isinstance(settings, CatalogSettings)
    if not settings.legacy_feed:
        return Parts(register=Endpoints(ground.pool, None).register)
    watermark = Watermark()
    projector = Projector(
        settings.database_url,
        ground.nats,
        legacy_translator(),
        watermark,
        _measures(ground.metrics, watermark),
    )
    return Parts(
        register=Endpoints(ground.pool, watermark).register,
        background=[projector.follower.run],
        ready=projector.ready,
        watermark=watermark,
    )


def _measures(registry: CollectorRegistry, watermark: Watermark) -> Histogram:
    """The freshness of the read model, by clock and by change."""
    gauge = Gauge("catalog_watermark", "All before it is in; unix seconds", registry=registry)
    gauge.set_function(lambda: watermark.micros / 1e6)
    return Histogram(
        "catalog_delay_seconds",
        "From a commit in legacy to its being readable here",
        buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 30),
        registry=registry,
    )
