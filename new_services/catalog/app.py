"""Composition root of the catalog: projection of the feed, endpoints."""

from functools import partial
from pathlib import Path

from fastapi import FastAPI
from prometheus_client import Histogram

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
from new_services.catalog import projections
from new_services.catalog.cleaning import NOTE, RULES
from new_services.catalog.endpoints import Endpoints
from new_services.catalog.handlers import save
from new_services.catalog.saga import Stories
from new_services.catalog.settings import CatalogSettings


def legacy_model() -> Model:
    """What the monolith's feed makes; anticorruption is imported only while there is a monolith."""
    from new_services.anticorruption.read_models import translator

    return projections.model(translator("catalog"))


def back_office(client: HttpClient | None, key: Path | None) -> tuple[BackOffice, Guards]:
    """What holds the goods, and the breakers toward it by the kind of call."""
    if client is None or key is None:
        return NoRecord(), {}
    from new_services.anticorruption.forms import Forms

    forms = Forms(client, read_key(key))
    return forms, forms.guards


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
    read = fed(ground, model, delay.observe, legacy=settings.legacy_client(limit=1))
    client = settings.legacy_client()
    record, guards = back_office(client, settings.session_key)
    sagas = toward_the_monolith(ground, Stories(ground.pool, record).sagas(), guards)
    endpoints = Endpoints(ground.pool, read.watermark)

    def register(app: FastAPI) -> None:
        sagas.operator.register(app)
        endpoints.register(app)

    async def close() -> None:
        await sagas.starter.close()
        if client is not None:
            await client.close()

    return Parts(
        register=register,
        calls={("POST", "articles", ""): partial(save, sagas.starter)},
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
