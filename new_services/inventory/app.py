"""Composition root of the inventory."""

from chassis.process.assembly import Ground, Parts
from chassis.readmodel.fed import fed
from chassis.readmodel.projection import Model
from chassis.retention import forgetting
from new_services.inventory import projections
from new_services.inventory.cleaning import NOTE, RULES
from new_services.inventory.endpoints import Endpoints
from new_services.inventory.handlers import Handler
from new_services.inventory.settings import InventorySettings


def legacy_model() -> Model:
    """What the monolith's feed makes; anticorruption is imported only while there is a monolith."""
    from new_services.anticorruption.read_models import translator

    return projections.model(translator("inventory"))


async def build(ground: Ground) -> Parts:
    """Projection of the feed, commands, endpoints."""
    settings = ground.settings
    assert isinstance(settings, InventorySettings)
    model = legacy_model() if settings.legacy_feed else None
    read = fed(ground, model, legacy=settings.legacy_url)
    endpoints = Endpoints(ground.pool, read.watermark, Handler(ground.pool, read.watermark))
    return Parts(
        register=endpoints.register,
        calls=endpoints.calls(),
        background=[
            *read.background,
            forgetting(ground.pool, RULES, NOTE),
        ],
        ready=read.ready,
        watermark=read.watermark,
    )
