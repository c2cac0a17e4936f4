"""Composition root of the inventory."""

from pathlib import Path

from fastapi import FastAPI

from chassis.breaker.toward_legacy import Guards, breaker_facts
from chassis.process.assembly import Ground, Parts
from chassis.readmodel.fed import fed
from chassis.readmodel.projection import Model
from chassis.retention import forgetting
from chassis.saga.assembled import toward_the_monolith
from chassis.saga.of_record import NoRecord
from chassis.web.client import HttpClient
from chassis.web.keys import read_key
from contracts.back_office import BackOffice
from new_services.inventory import projections
from new_services.inventory.cleaning import NOTE, RULES
from new_services.inventory.counting import Counting
from new_services.inventory.endpoints import Endpoints
from new_services.inventory.handlers import Handler
from new_services.inventory.saga import Stories
from new_services.inventory.settings import InventorySettings


def legacy_model() -> Model:
    """What the monolith's feed makes; anticorruption is imported only while there is a monolith."""
    from new_services.anticorruption.read_models import translator

    return projections.model(translator("inventory"))


def back_office(client: HttpClient | None, key: Path | None) -> tuple[BackOffice, Guards]:
    """What holds the stock, and the breakers toward it by the kind of call."""
    if client is None or key is None:
        return NoRecord(), {}
    from new_services.anticorruption.forms import Forms

    forms = Forms(client, read_key(key))
    return forms, forms.guards


async def build(ground: Ground) -> Parts:
    """Projection of the feed, commands, endpoints."""
    settings = ground.settings
    assert isinstance(settings, InventorySettings)
    model = legacy_model() if settings.legacy_feed else None
    read = fed(ground, model, legacy=settings.legacy_client(limit=1))
    client = settings.legacy_client()
    record, guards = back_office(client, settings.session_key)
    stories = Stories(ground.pool, record, read.watermark)
    sagas = toward_the_monolith(ground, stories.sagas(), guards)
    counting = Counting(ground.pool, read.watermark, sagas.starter)
    endpoints = Endpoints(ground.pool, read.watermark, Handler(ground.pool, read.watermark))

    def register(app: FastAPI) -> None:
        sagas.operator.register(app)
        endpoints.register(app)

    async def close() -> None:
        await sagas.starter.close()
        if client is not None:
            await client.close()

    return Parts(
        register=register,
        calls={**endpoints.calls(), ("POST", "counts", ""): counting.count},
        background=[
            *read.background,
            sagas.runner.run_forever,
            forgetting(ground.pool, RULES, NOTE),
        ],
        ready=read.ready,
        watermark=read.watermark,
        details=lambda: {"breakers": breaker_facts(guards)},
        close=close,
    )
