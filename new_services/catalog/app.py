"""Composition root of the catalog: projection of the feed, endpoints."""

from prometheus_client import Histogram

from chassis.process.assembly import Ground, Parts
from chassis.readmodel.fed import fed
from chassis.readmodel.projection import Model
from chassis.retention import forgetting
from new_services.catalog import projections
from new_services.catalog.cleaning import NOTE, RULES
from new_services.catalog.endpoints import Endpoints
from new_services.catalog.settings import CatalogSettings


def legacy_model() -> Model:
    """What the monolith's feed makes; anticorruption is imported only while there is a monolith."""
    from new_services.anticorruption.read_models import translator

    return projections.model(translator("catalog"))


async def build(ground: Ground) -> Parts:
    """With the legacy feed the goods are projected from it; without, they are what we hold."""
    settings = ground.settings
    assert isinstance(settings, CatalogSettings)
    delay = Histogram(
        "catalog_delay_seconds",
        "From a commit in legacy to its being readable here",
        buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 30),
        registry=ground.metrics,
    )
    model = legacy_model() if settings.legacy_feed else None
    read = fed(ground, model, delay.observe, legacy=settings.legacy_url)
    return Parts(
        register=Endpoints(ground.pool, read.watermark).register,
        background=[
            *read.background,
            forgetting(ground.pool, RULES, NOTE),
        ],
        ready=read.ready,
        watermark=read.watermark,
    )
